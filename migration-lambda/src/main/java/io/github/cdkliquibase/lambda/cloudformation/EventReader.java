package io.github.cdkliquibase.lambda.cloudformation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.github.cdkliquibase.lambda.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event. If an event is refused as a whole, such as one with 2,000 levels, it is read once more for the fields
 * that an answer needs. Otherwise the resource would wait for its answer until its timeout.
 */
final class EventReader {

    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Has no bounds: it skips the fields that are not needed, so they take no memory. */
    private static final JsonFactory SKIPPING = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final String TOKEN = CustomResourceEvent.SERVICE_TOKEN;
    private static final String PROPERTIES = "ResourceProperties";
    private static final Set<String> NEEDED = Set.of(
            "RequestType", "ResponseURL", TOKEN, "StackId", "RequestId", "LogicalResourceId", "PhysicalResourceId");

    private EventReader() {}

    /**
     * Reads an event.
     *
     * @return with a fault if the event must not be executed; empty if it cannot be answered either, because it is not
     *     a JSON object, or because its function is not known
     * @throws IOException if the stream fails
     */
    static Optional<CustomResourceEvent> read(InputStream input) throws IOException {
        byte[] json = input.readAllBytes();
        try {
            return readWhole(json).map(CustomResourceEvent::from);
        } catch (JsonProcessingException e) {
            // The cause is left out: its message quotes the event.
            return Optional.ofNullable(answerable(json, fault(e)));
        }
    }

    private static Optional<Map<?, ?>> readWhole(byte[] json) throws IOException {
        try (JsonParser parser = STRICT.createParser(json)) {
            parser.nextToken();
            Object event = JsonValues.read(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "Trailing token");
            }
            return event instanceof Map<?, ?> fields ? Optional.of(fields) : Optional.empty();
        }
    }

    private static String fault(JsonProcessingException failure) {
        String message = String.valueOf(failure.getOriginalMessage());
        if (failure instanceof StreamConstraintsException) {
            return "The event has a name, a number, a text or a nesting that is too long or too deep, and nothing was run. Allowed are names of 50,000 characters, numbers of 1,000 digits and 1,000 levels";
        }
        if (message.startsWith("Duplicate ")) {
            return "The event has two fields of the same name in one object, and nothing was run. Each field must be given once";
        }
        JsonLocation place = failure.getLocation();
        return place == null
                ? "The event is not valid JSON, and nothing was run"
                : "The event is not valid JSON at line %d, column %d, and nothing was run"
                        .formatted(place.getLineNr(), place.getColumnNr());
    }

    private static @Nullable CustomResourceEvent answerable(byte[] json, String fault) throws IOException {
        Map<String, Object> fields = new HashMap<>();
        boolean isWhole = false;
        try (JsonParser parser = SKIPPING.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                read(parser, fields);
            }
            isWhole = true;
        } catch (JsonProcessingException e) {
            // The fields before the fault were read.
        }
        // The fields after the fault may say that the event is for another function, which then answers it.
        return isWhole || fields.get(TOKEN) instanceof String
                ? CustomResourceEvent.from(fields).faulty(fault)
                : null;
    }

    private static void read(JsonParser parser, Map<String, Object> fields) throws IOException {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (NEEDED.contains(name)) {
            put(parser, value, name, fields);
        } else if (PROPERTIES.equals(name) && value == JsonToken.START_OBJECT) {
            Map<String, Object> properties = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String property = parser.currentName();
                JsonToken propertyValue = parser.nextToken();
                if (TOKEN.equals(property)) {
                    put(parser, propertyValue, property, properties);
                } else {
                    parser.skipChildren();
                }
            }
            fields.put(PROPERTIES, properties);
        } else {
            parser.skipChildren();
        }
    }

    // The last of two fields of one name counts, as when an event is read into a map.
    private static void put(JsonParser parser, JsonToken value, String name, Map<String, Object> fields)
            throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            fields.put(name, parser.getText());
        } else {
            fields.remove(name);
            parser.skipChildren();
        }
    }
}
