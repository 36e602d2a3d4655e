package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.function.Invocation;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The custom resource of one database. Each of its deploys has a cold function. */
final class FunctionStack {

    private final CustomResource resource;
    private @Nullable LambdaFunction function;

    FunctionStack(String functionArn, ResponseBucket bucket) {
        resource = CustomResource.direct(functionArn, this::invoke, bucket);
    }

    /** Creates the resource in the first deploy and updates it in every later one. */
    Answer deploy(LambdaFunction cold, Map<String, Object> properties) {
        function = cold;
        return resource.physicalResourceId().isEmpty() ? resource.create(properties) : resource.update(properties);
    }

    private Invocation invoke(String event) {
        if (function == null) {
            throw new IllegalStateException("No function is there");
        }
        return function.invoke(event);
    }
}
