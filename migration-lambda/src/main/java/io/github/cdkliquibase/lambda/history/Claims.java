package io.github.cdkliquibase.lambda.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.cdkliquibase.lambda.history.SchemaClaim.Before;
import io.github.cdkliquibase.lambda.history.SchemaClaim.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The claims on the schemas that belong to one history. They are stored as the comment on its lock table, so that they
 * need no separate table and move with the history.
 *
 * @param schemas by name of the schema
 */
record Claims(Map<String, SchemaClaim> schemas) {

    /** Distinguishes these comments from those of people. */
    static final String PREFIX = "cdk-liquibase ";

    private static final JsonMapper JSON = new JsonMapper();

    Claims {
        schemas = Map.copyOf(schemas);
    }

    /**
     * Reads a comment.
     *
     * @return empty if it is another kind of comment, or cannot be read
     */
    static Optional<Claims> parse(String comment) {
        if (!comment.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            Map<String, SchemaClaim> schemas = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> each : JSON.readTree(comment.substring(PREFIX.length()))
                    .path("schemas")
                    .properties()) {
                schemas.put(each.getKey(), claim(each.getValue()));
            }
            return Optional.of(new Claims(schemas));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static SchemaClaim claim(JsonNode node) {
        List<User> users = new ArrayList<>();
        for (JsonNode each : node.path("resources")) {
            users.add(new User(
                    new ResourceName(each.path("id").asText(), each.path("name").asText()),
                    each.path("drops").asBoolean()));
        }
        if (!node.path("before").isArray()) {
            return new SchemaClaim(users, Optional.empty());
        }
        List<Before> before = new ArrayList<>();
        for (JsonNode each : node.path("before")) {
            before.add(new Before(
                    each.path("catalog").asLong(),
                    each.path("oid").asLong(),
                    each.path("name").asText()));
        }
        return new SchemaClaim(users, Optional.of(before));
    }

    Claims with(String schema, SchemaClaim claim) {
        Map<String, SchemaClaim> all = new LinkedHashMap<>(schemas);
        all.put(schema, claim);
        return new Claims(all);
    }

    Optional<SchemaClaim> on(String schema) {
        return Optional.ofNullable(schemas.get(schema));
    }

    /** The text of the comment. */
    String text() {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode all = root.putObject("schemas");
        schemas.forEach((schema, claim) -> {
            ObjectNode node = all.putObject(schema);
            ArrayNode resources = node.putArray("resources");
            claim.users()
                    .forEach(each -> resources
                            .addObject()
                            .put("id", each.resource().id())
                            .put("name", each.resource().words())
                            .put("drops", each.drops()));
            claim.before().ifPresent(objects -> {
                ArrayNode before = node.putArray("before");
                objects.forEach(each -> before.addObject()
                        .put("catalog", each.catalog())
                        .put("oid", each.oid())
                        .put("name", each.name()));
            });
        });
        return PREFIX + root;
    }
}
