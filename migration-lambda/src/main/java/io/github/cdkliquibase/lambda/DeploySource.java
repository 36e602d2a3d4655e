package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.history.ResourceName;
import java.util.Objects;

/**
 * The custom resource that asks for a deploy, and the event with which it asks.
 *
 * @param resource as the notes in the database name it
 * @param stack name of its stack; empty if the event does not have it
 * @param logicalId its name in the stack; empty if the event does not have it
 * @param requestType of the event
 * @param requestId of the event; empty if the event does not have it
 */
record DeploySource(ResourceName resource, String stack, String logicalId, String requestType, String requestId) {

    static DeploySource of(CustomResourceEvent event) {
        String stack = event.stackName();
        String logicalId = Objects.toString(event.logicalResourceId(), "");
        String words = stack.isEmpty() ? logicalId : "stack '%s', resource '%s'".formatted(stack, logicalId);
        return new DeploySource(
                new ResourceName(event.ownPhysicalResourceId(), words),
                stack,
                logicalId,
                Objects.toString(event.requestType(), ""),
                Objects.toString(event.requestId(), ""));
    }
}
