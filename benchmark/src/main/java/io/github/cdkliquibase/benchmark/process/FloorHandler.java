package io.github.cdkliquibase.benchmark.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/** The least that a function for a custom resource does: it connects, selects 1 and answers. */
public final class FloorHandler implements RequestStreamHandler {

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        EventText event = new EventText(new String(input.readAllBytes(), UTF_8));
        SelectOne.from(variable("DATABASE_URL"), variable("DATABASE_USER"), variable("DATABASE_PASSWORD"));
        CloudFormationAnswer.success(
                event.field("ResponseURL"),
                event.field("StackId"),
                event.field("RequestId"),
                event.field("LogicalResourceId"));
        output.write('{');
        output.write('}');
    }

    private static String variable(String name) {
        return Objects.requireNonNull(System.getenv(name), name);
    }
}
