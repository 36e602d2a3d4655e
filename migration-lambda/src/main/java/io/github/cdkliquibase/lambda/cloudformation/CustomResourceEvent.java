package io.github.cdkliquibase.lambda.cloudformation;

import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.cdkliquibase.lambda.digest.Sha256;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event of CloudFormation of any shape: a field is null if it is absent or not a text, and the properties are
 * checked later.
 *
 * @param fault why the event cannot be executed, in words for a reason; null if it can
 */
public record CustomResourceEvent(
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

    private static final int HASH_BYTES = 10;

    /** The property with the instant of the deploy. */
    public static final String DEPLOYED_AT = DeployStamps.DEPLOYED_AT;

    /** The property, and the field, with the function or the provider that the event is sent to. */
    public static final String SERVICE_TOKEN = "ServiceToken";

    /** Reads an event of whatever shape. */
    public static CustomResourceEvent from(Map<?, ?> event) {
        Object properties = event.get("ResourceProperties");
        String token = text(event.get(SERVICE_TOKEN));
        if (token == null && properties instanceof Map<?, ?> map) {
            token = text(map.get(SERVICE_TOKEN));
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
    public String physicalResourceId() {
        return givenPhysicalResourceId != null ? givenPhysicalResourceId : ownPhysicalResourceId();
    }

    /** Whether the event's id is the one that the answer to a Create of this resource has. */
    public boolean hasOurPhysicalResourceId() {
        return ownPhysicalResourceId().equals(givenPhysicalResourceId);
    }

    /** Whether CloudFormation sends the event to this very function, and not to a provider in front of it. */
    boolean isSentTo(String functionArn) {
        return serviceToken != null && serviceToken.equals(functionArn);
    }

    /** The name of the stack; empty if the event does not have it. */
    public String stackName() {
        return Objects.toString(stackId, "").replaceFirst("^arn:[^/]*:stack/([^/]*)/.*$", "$1");
    }

    /**
     * Identifies the stack, also among stacks of the same name, one after the other; empty if the event does not have
     * it.
     */
    public String stackKey() {
        return Objects.toString(stackId, "").replaceFirst("^arn:[^/]*:stack/[^/]*/(.*)$", "$1");
    }

    /** When this event deploys, or what a stack rollback goes back to; empty if it has no stamp. */
    public Optional<Instant> stamp() {
        return stamps().deploy();
    }

    /** The stamps of this event. */
    DeployStamps stamps() {
        return DeployStamps.of(properties, oldProperties);
    }

    /** Whether CloudFormation rolls the stack back with this event: its stamp is earlier than the one that it replaces. */
    public boolean isStackRollback(Instant now) {
        return "Update".equals(requestType) && stamps().isStackRollback(now);
    }

    /** The id that a Create is answered with: the same for each event of one logical resource of one stack, and for no other. */
    public String ownPhysicalResourceId() {
        String resource = Objects.toString(logicalResourceId, "");
        String key = Objects.toString(stackId, "") + '\n' + resource;
        return "cdk-liquibase-" + Sha256.prefix(key, HASH_BYTES);
    }
}
