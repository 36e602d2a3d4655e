package io.github.cdkliquibase.stage.cloudformation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads what functions answer. */
final class ResultReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ResultReader() {}

    /** The JSON, or a missing node if it is none. */
    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** The fields of an object as strings; what is not a string is written as JSON. */
    static Map<String, String> data(JsonNode data) {
        Map<String, String> fields = new LinkedHashMap<>();
        data.properties()
                .forEach(field -> fields.put(
                        field.getKey(),
                        field.getValue().isTextual()
                                ? field.getValue().textValue()
                                : field.getValue().toString()));
        return fields;
    }
}
