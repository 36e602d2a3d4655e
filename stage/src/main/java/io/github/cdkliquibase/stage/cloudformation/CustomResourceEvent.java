package io.github.cdkliquibase.stage.cloudformation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event of CloudFormation for a custom resource.
 *
 * @param physicalResourceId the id that the resource has; null for a resource that is to be created
 * @param properties the resource's properties. As CloudFormation does, every number and every boolean in them is handed
 *     over as a string; {@code ServiceToken} is added
 * @param oldProperties the properties before the update, treated in the same way; null for all but updates
 */
public record CustomResourceEvent(
        RequestType requestType,
        String requestId,
        String stackId,
        String logicalResourceId,
        String resourceType,
        String serviceToken,
        URI responseUrl,
        @Nullable String physicalResourceId,
        Map<String, Object> properties,
        @Nullable Map<String, Object> oldProperties) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public CustomResourceEvent {
        properties = asPassed(properties, serviceToken);
        oldProperties = oldProperties == null ? null : asPassed(oldProperties, serviceToken);
    }

    /** The event as the function receives it. */
    public String json() {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("RequestType", requestType.word());
        event.put("ServiceToken", serviceToken);
        event.put("ResponseURL", responseUrl.toString());
        event.put("StackId", stackId);
        event.put("RequestId", requestId);
        event.put("LogicalResourceId", logicalResourceId);
        if (physicalResourceId != null) {
            event.put("PhysicalResourceId", physicalResourceId);
        }
        event.put("ResourceType", resourceType);
        event.put("ResourceProperties", properties);
        if (oldProperties != null) {
            event.put("OldResourceProperties", oldProperties);
        }
        try {
            return JSON.writeValueAsString(event);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Properties cannot be written as JSON", e);
        }
    }

    private static Map<String, Object> asPassed(Map<String, Object> properties, String serviceToken) {
        Map<String, Object> passed = new LinkedHashMap<>();
        passed.put("ServiceToken", serviceToken);
        properties.forEach((name, value) -> passed.put(name, asPassed(value)));
        return Map.copyOf(passed);
    }

    private static Object asPassed(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> passed = new LinkedHashMap<>();
                map.forEach((name, each) -> passed.put(String.valueOf(name), asPassed(Objects.requireNonNull(each))));
                yield passed;
            }
            case List<?> list ->
                list.stream()
                        .map(each -> asPassed(Objects.requireNonNull(each)))
                        .toList();
            default -> value.toString();
        };
    }
}
