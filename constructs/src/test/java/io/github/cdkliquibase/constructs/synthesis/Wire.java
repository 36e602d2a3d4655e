package io.github.cdkliquibase.constructs.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The properties of a custom resource as CloudFormation sends them: every scalar a text, a text for each reference. */
public final class Wire {

    private Wire() {}

    /** The properties as an event has them. */
    public static Map<String, Object> asSent(JsonNode properties) {
        Map<String, Object> sent = new LinkedHashMap<>();
        properties.propertyStream().forEach(property -> sent.put(property.getKey(), asSent(property)));
        return sent;
    }

    private static Object asSent(Map.Entry<String, JsonNode> property) {
        JsonNode value = property.getValue();
        if (value.has("Ref") || value.has("Fn::GetAtt")) {
            return property.getKey().equals("Port") ? "5432" : "resolved";
        }
        if (value.isObject()) {
            return asSent(value);
        }
        if (value.isArray()) {
            return value.valueStream().map(JsonNode::asText).toList();
        }
        return value.asText();
    }
}
