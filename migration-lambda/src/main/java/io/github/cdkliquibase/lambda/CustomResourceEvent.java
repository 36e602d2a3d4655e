package io.github.cdkliquibase.lambda;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.cdkliquibase.lambda.history.ResourceName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event of CloudFormation of any shape: a field is null if it is absent or not a text, and the properties are
 * checked later.
 *
 * @param fault why the event cannot be executed, in words for a reason; null if it can
 */
record CustomResourceEvent(
        @Nullable String requestType,
        @Nullable String responseUrl,
        @Nullable String serviceToken,
        @Nullable String stackId,
        @Nullable String requestId,
        @Nullable String logicalResourceId,
        @Nullable String givenPhysicalResourceId,
        @Nullable Object properties,
        @Nullable Object oldProperties,
        @Nullable String fault) {

    static CustomResourceEvent from(Map<?, ?> event) {
        Object properties = event.get("ResourceProperties");
        String token = text(event.get("ServiceToken"));
        if (token == null && properties instanceof Map<?, ?> map) {
            token = text(map.get("ServiceToken"));
        }
        return new CustomResourceEvent(
                text(event.get("RequestType")),
                text(event.get("ResponseURL")),
                token,
                text(event.get("StackId")),
                text(event.get("RequestId")),
                text(event.get("LogicalResourceId")),
                text(event.get("PhysicalResourceId")),
                properties,
                event.get("OldResourceProperties"),
                null);
    }

    static CustomResourceEvent from(CloudFormationCustomResourceEvent event) {
        return new CustomResourceEvent(
                event.getRequestType(),
                event.getResponseUrl(),
                event.getServiceToken(),
                event.getStackId(),
                event.getRequestId(),
                event.getLogicalResourceId(),
                event.getPhysicalResourceId(),
                event.getResourceProperties(),
                event.getOldResourceProperties(),
                null);
    }

    /** The same event, which cannot be executed. */
    CustomResourceEvent faulty(String why) {
        return new CustomResourceEvent(
                requestType,
                responseUrl,
                serviceToken,
                stackId,
                requestId,
                logicalResourceId,
                givenPhysicalResourceId,
                properties,
                oldProperties,
                why);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text && !text.isEmpty() ? text : null;
    }

    /**
     * The id in every answer to this event: the event's own, or for a Create one that is derived from stack and
     * resource, so that it is the same for each attempt.
     */
    String physicalResourceId() {
        return givenPhysicalResourceId != null ? givenPhysicalResourceId : derivedPhysicalResourceId();
    }

    /** Whether the event's id is the one that the answer to a Create of this resource has. */
    boolean hasOurPhysicalResourceId() {
        return derivedPhysicalResourceId().equals(givenPhysicalResourceId);
    }

    /** The name of the stack; empty if the event does not have it. */
    String stackName() {
        return Objects.toString(stackId, "").replaceFirst("^arn:[^/]*:stack/([^/]*)/.*$", "$1");
    }

    /**
     * Identifies the stack, also among stacks of the same name, one after the other; empty if the event does not have
     * it.
     */
    String stackKey() {
        return Objects.toString(stackId, "").replaceFirst("^arn:[^/]*:stack/[^/]*/(.*)$", "$1");
    }

    /** The resource, with the id that the answer to its Create has. Its words are empty if the event has none. */
    ResourceName resource() {
        String stack = stackName();
        String logicalId = Objects.toString(logicalResourceId, "");
        return new ResourceName(
                derivedPhysicalResourceId(),
                stack.isEmpty() ? logicalId : "stack '%s', resource '%s'".formatted(stack, logicalId));
    }

    private String derivedPhysicalResourceId() {
        String resource = Objects.toString(logicalResourceId, "");
        String key = Objects.toString(stackId, "") + '\n' + resource;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return "cdk-liquibase-" + HexFormat.of().formatHex(hash, 0, 10);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
