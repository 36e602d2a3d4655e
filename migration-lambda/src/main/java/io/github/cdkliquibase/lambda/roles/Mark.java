package io.github.cdkliquibase.lambda.roles;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The resource that a role belongs to. The comment on the role stores it; all databases of a server share the comment,
 * as they share the role.
 *
 * @param made whether this project created the role, and so may drop it
 * @param resource the resource that the role belongs to
 * @param purpose the purpose of the role, as the name of the property
 * @param database the database of that purpose
 * @param takenOverFrom logical id of another resource of the stack that had the role before, and may have it again
 *     after a stack rollback; null if there was none, or if it is deleted
 */
record Mark(
        boolean made,
        ResourceIdentity resource,
        String purpose,
        String database,
        @Nullable String takenOverFrom) {

    /** The comment of earlier versions on a role that they created. It does not name the resource. */
    static final String OF_NO_RESOURCE = "Made by cdk-liquibase";

    private static final Pattern COMMENT = Pattern.compile(
            "(Made|Kept) by cdk-liquibase for stack '([^']*)', resource '([^']*)' \\(([^)]*)\\), '([A-Za-z]*)' of database '(.*?)'"
                    + "(?:, taken over from resource '([^']*)')?",
            Pattern.DOTALL);

    /** Reads the comment on a role; empty if it has another author, or is of an earlier version. */
    static Optional<Mark> read(@Nullable String comment) {
        Matcher matcher = COMMENT.matcher(comment == null ? "" : comment);
        return matcher.matches()
                ? Optional.of(new Mark(
                        matcher.group(1).equals("Made"),
                        new ResourceIdentity(matcher.group(2), matcher.group(4), matcher.group(3)),
                        matcher.group(5),
                        matcher.group(6),
                        matcher.group(7)))
                : Optional.empty();
    }

    /** The comment on the role. */
    String comment() {
        return "%s by cdk-liquibase for stack '%s', resource '%s' (%s), '%s' of database '%s'%s"
                .formatted(
                        made ? "Made" : "Kept",
                        resource.stack(),
                        resource.logicalId(),
                        resource.stackKey(),
                        purpose,
                        database,
                        takenOverFrom == null ? "" : ", taken over from resource '%s'".formatted(takenOverFrom));
    }

    /** The same mark after the former resource of the role is known to be deleted. */
    Mark settled() {
        return new Mark(made, resource, purpose, database, null);
    }

    /** The statement that writes the comment on a role. */
    String statement(String role) {
        return "COMMENT ON ROLE %s IS %s".formatted(Sql.name(role), Sql.literal(comment()));
    }
}
