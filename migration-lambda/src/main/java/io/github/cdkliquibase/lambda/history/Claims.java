package io.github.cdkliquibase.lambda.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.cdkliquibase.lambda.history.SchemaClaim.Before;
import io.github.cdkliquibase.lambda.history.SchemaClaim.User;
import io.github.cdkliquibase.lambda.json.JsonValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The claims on the schemas that belong to one history. They are stored as the comment on its lock table, so that they
 * need no separate table and move with the history.
 *
 * @param schemas by name of the schema
 */
record Claims(Map<String, SchemaClaim> schemas) {

    /** Distinguishes these comments from those of people. */
    static final String PREFIX = "cdk-liquibase ";

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
            fields(fields(JsonValues.parse(comment.substring(PREFIX.length()))).get("schemas"))
                    .forEach((schema, claim) -> schemas.put(schema.toString(), claim(fields(claim))));
            return Optional.of(new Claims(schemas));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static SchemaClaim claim(Map<?, ?> claim) {
        List<User> users = new ArrayList<>();
        for (Object each : items(claim.get("resources"))) {
            Map<?, ?> user = fields(each);
            users.add(new User(
                    new ResourceName(text(user.get("id")), text(user.get("name"))),
                    Boolean.TRUE.equals(user.get("drops"))));
        }
        if (!(claim.get("before") instanceof List<?> objects)) {
            return new SchemaClaim(users, Optional.empty());
        }
        List<Before> before = new ArrayList<>();
        for (Object each : objects) {
            Map<?, ?> object = fields(each);
            before.add(new Before(number(object.get("catalog")), number(object.get("oid")), text(object.get("name"))));
        }
        return new SchemaClaim(users, Optional.of(before));
    }

    // A later version may write more, or other kinds of values.
    private static Map<?, ?> fields(@Nullable Object value) {
        return value instanceof Map<?, ?> fields ? fields : Map.of();
    }

    private static List<?> items(@Nullable Object value) {
        return value instanceof List<?> items ? items : List.of();
    }

    private static String text(@Nullable Object value) {
        return Objects.toString(value, "");
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
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
        Map<String, Object> all = new LinkedHashMap<>();
        schemas.forEach((schema, claim) -> all.put(schema, fields(claim)));
        return PREFIX + JsonValues.text(Map.of("schemas", all));
    }

    private static Map<String, Object> fields(SchemaClaim claim) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("resources", claim.users().stream().map(Claims::fields).toList());
        claim.before()
                .ifPresent(objects -> fields.put(
                        "before", objects.stream().map(Claims::fields).toList()));
        return fields;
    }

    private static Map<String, Object> fields(User user) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", user.resource().id());
        fields.put("name", user.resource().words());
        fields.put("drops", user.drops());
        return fields;
    }

    private static Map<String, Object> fields(Before object) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("catalog", object.catalog());
        fields.put("oid", object.oid());
        fields.put("name", object.name());
        return fields;
    }
}
