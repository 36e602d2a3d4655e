package io.github.cdkliquibase.stage.cloudformation;

import io.github.cdkliquibase.stage.function.Invocation;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One custom resource of a stack that is deployed without AWS. It sends events as CloudFormation does, and remembers what
 * CloudFormation remembers: the physical id, and the properties of the last success.
 *
 * <p>Functions are invoked once per event; the retries of asynchronous invocations are switched off, as they are in the
 * stacks of this project.
 */
public final class CustomResource {

    private static final String LOGICAL_ID = "DatabaseMigration";

    private final String stackId =
            "arn:aws:cloudformation:eu-central-1:111122223333:stack/local-deploy/" + UUID.randomUUID();
    private final String serviceToken;
    private final Function<String, Invocation> function;
    private final ResponseBucket bucket;
    private final Protocol protocol;

    private @Nullable String physicalResourceId;
    private Map<String, Object> properties = Map.of();
    private @Nullable Undo undo;

    /** What a stack rollback would have to go from and to. */
    private record Undo(Map<String, Object> from, Map<String, Object> to) {}

    private CustomResource(
            String serviceToken, Function<String, Invocation> function, ResponseBucket bucket, Protocol protocol) {
        this.serviceToken = serviceToken;
        this.function = function;
        this.bucket = bucket;
        this.protocol = protocol;
    }

    /**
     * A resource whose service token is the function: the function sends its answer to the response URL.
     *
     * @param functionArn ARN of the function
     * @param function invokes it
     * @param bucket where its answers arrive
     */
    public static CustomResource direct(
            String functionArn, Function<String, Invocation> function, ResponseBucket bucket) {
        return new CustomResource(functionArn, function, bucket, new DirectProtocol(bucket));
    }

    /**
     * A resource behind CDK's Provider: the service token is the Provider's function, which invokes this one and answers
     * with what it returns. The event carries a real response URL all the same, which the function must not use.
     *
     * @param functionArn ARN of the function that the Provider invokes
     * @param function invokes it
     * @param bucket where an answer arrives if the function sends one nevertheless
     */
    public static CustomResource behindProvider(
            String functionArn, Function<String, Invocation> function, ResponseBucket bucket) {
        return new CustomResource(functionArn + "-provider", function, bucket, new ProviderProtocol());
    }

    /** Creates the resource. */
    public Answer create(Map<String, Object> newProperties) {
        return send(event(RequestType.CREATE, newProperties));
    }

    /** Updates it from the properties of the last success to these. */
    public Answer update(Map<String, Object> newProperties) {
        return send(event(RequestType.UPDATE, newProperties));
    }

    /** Undoes the last update, whether it failed or another resource of the stack did: old and new change places. */
    public Answer rollBack() {
        Undo last = undo;
        if (last == null) {
            throw new IllegalStateException("There is no update that could be rolled back");
        }
        properties = last.from();
        return send(event(RequestType.UPDATE, last.to()));
    }

    /** Deletes it. */
    public Answer delete() {
        return send(event(RequestType.DELETE, properties));
    }

    /** The event that would be sent next, with a response URL signed for it. Nothing is sent. */
    public CustomResourceEvent event(RequestType type, Map<String, Object> newProperties) {
        return event(
                type,
                type == RequestType.CREATE ? null : physicalResourceId,
                newProperties,
                type == RequestType.UPDATE ? properties : null);
    }

    /** An event for this resource with another id, or from other properties, than this object remembers. */
    CustomResourceEvent event(
            RequestType type,
            @Nullable String id,
            Map<String, Object> newProperties,
            @Nullable Map<String, Object> oldProperties) {
        String requestId = UUID.randomUUID().toString();
        URI responseUrl = bucket.sign(stackId, LOGICAL_ID, requestId);
        return new CustomResourceEvent(
                type,
                requestId,
                stackId,
                LOGICAL_ID,
                "Custom::DatabaseMigration",
                serviceToken,
                responseUrl,
                id,
                newProperties,
                oldProperties);
    }

    /** Sends an event, which may have been changed after {@link #event} made it. */
    public Answer send(CustomResourceEvent event) {
        Answer answer = protocol.send(event, function);
        if (!answer.physicalResourceId().isEmpty() && event.requestType() != RequestType.DELETE) {
            physicalResourceId = answer.physicalResourceId();
        }
        if (event.requestType() == RequestType.UPDATE) {
            undo = new Undo(event.properties(), properties);
        }
        if (answer.succeeded() && event.requestType() != RequestType.DELETE) {
            properties = event.properties();
        }
        return answer;
    }

    /** The id that the resource has now; empty before it was created. */
    public Optional<String> physicalResourceId() {
        return Optional.ofNullable(physicalResourceId);
    }
}
