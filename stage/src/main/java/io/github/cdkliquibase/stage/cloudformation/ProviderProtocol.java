package io.github.cdkliquibase.stage.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer.Status;
import io.github.cdkliquibase.stage.function.Invocation;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** CDK's Provider stands in between: it answers with what the function returned, or with the error that it ended in. */
final class ProviderProtocol implements Protocol {

    private static final String CREATE_FAILED = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED";

    @Override
    public Answer send(CustomResourceEvent event, Function<String, Invocation> function) {
        String knownId = Objects.requireNonNullElse(event.physicalResourceId(), "");
        if (event.requestType() == RequestType.DELETE && knownId.equals(CREATE_FAILED)) {
            Invocation none = new Invocation.Success("{}", Duration.ZERO);
            return new Answer(Status.SUCCESS, "", knownId, Map.of(), false, none);
        }
        Invocation invocation = function.apply(event.json());
        return switch (invocation) {
            case Invocation.Success success -> returned(event, success);
            case Invocation.FunctionError error -> failed(event, error);
            case Invocation.Exited exited -> failed(event, exited);
            case Invocation.TimedOut timedOut -> failed(event, timedOut);
        };
    }

    private static Answer returned(CustomResourceEvent event, Invocation.Success success) {
        JsonNode result = ResultReader.parse(success.response());
        if (!result.isObject() && !result.isNull()) {
            return failed(event, "return values from user-handlers must be JSON objects", success);
        }
        String defaultId = Objects.requireNonNullElse(event.physicalResourceId(), event.requestId());
        String id = result.path("PhysicalResourceId").asText(defaultId);
        if (event.requestType() == RequestType.DELETE && !id.equals(defaultId)) {
            return failed(
                    event,
                    "DELETE: cannot change the physical resource ID from '%s' to '%s'".formatted(defaultId, id),
                    success);
        }
        return new Answer(
                Status.SUCCESS,
                "",
                id,
                ResultReader.data(result.path("Data")),
                result.path("NoEcho").asBoolean(),
                success);
    }

    private static Answer failed(CustomResourceEvent event, Invocation invocation) {
        String message =
                ResultReader.parse(invocation.payload()).path("errorMessage").asText("");
        return failed(event, message.isEmpty() ? "Error" : message, invocation);
    }

    private static Answer failed(CustomResourceEvent event, String reason, Invocation invocation) {
        String id = Objects.requireNonNullElse(event.physicalResourceId(), CREATE_FAILED);
        return new Answer(Status.FAILED, reason, id, Map.of(), false, invocation);
    }
}
