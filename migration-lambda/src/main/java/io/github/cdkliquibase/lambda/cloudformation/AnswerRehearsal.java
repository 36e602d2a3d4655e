package io.github.cdkliquibase.lambda.cloudformation;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.lambda.powertools.cloudformation.AbstractCustomResourceHandler;
import software.amazon.lambda.powertools.cloudformation.Response;

/**
 * An answer that the base class makes and that is sent nowhere. The first answer loads Jackson's data binding: after this one the
 * true answer does not wait for it.
 */
final class AnswerRehearsal extends AbstractCustomResourceHandler {

    private static final String NAME = "rehearsal";

    private AnswerRehearsal() {
        super(new Nowhere());
    }

    /** Makes the answer. */
    static void run(Context context) {
        CloudFormationCustomResourceEvent event = CloudFormationCustomResourceEvent.builder()
                .withRequestType("Create")
                .withResponseUrl("https://rehearsal.invalid/")
                .withStackId(NAME)
                .withRequestId(NAME)
                .withLogicalResourceId(NAME)
                .build();
        new AnswerRehearsal().handleRequest(event, context);
    }

    @Override
    protected Response create(CloudFormationCustomResourceEvent event, Context context) {
        return Response.builder()
                .physicalResourceId(NAME)
                .value(Map.of(NAME, NAME))
                .build();
    }

    @Override
    protected Response update(CloudFormationCustomResourceEvent event, Context context) {
        return create(event, context);
    }

    @Override
    protected Response delete(CloudFormationCustomResourceEvent event, Context context) {
        return create(event, context);
    }

    @Override
    protected void onSendFailure(
            CloudFormationCustomResourceEvent event, Context context, @Nullable Response response, Exception failure) {
        throw new IllegalStateException("The rehearsal ended before the answer was sent", failure);
    }

    /** Takes each request, and sends none. */
    private static final class Nowhere implements SdkHttpClient {

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    return HttpExecuteResponse.builder()
                            .response(SdkHttpResponse.builder().statusCode(200).build())
                            .responseBody(AbortableInputStream.createEmpty())
                            .build();
                }

                @Override
                public void abort() {
                    // Nothing waits.
                }
            };
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
