package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The database, or one of its schemas, as the target of a GRANT or REVOKE.
 *
 * @param object as it follows ON in the statement
 * @param words the target in words
 * @param schema the schema; null for the database
 */
record PrivilegesTarget(
        String object, String words, @Nullable String schema) {

    /** The change that grants privileges to a role; empty if there are none to grant. */
    List<Change> grant(Set<String> privileges, RolePurpose purpose, String role) {
        return change("GRANT", privileges, purpose, role);
    }

    /** The change that revokes privileges from a role; empty if there are none to revoke. */
    List<Change> revoke(Set<String> privileges, RolePurpose purpose, String role) {
        return change("REVOKE", privileges, purpose, role);
    }

    private List<Change> change(String verb, Set<String> privileges, RolePurpose purpose, String role) {
        if (privileges.isEmpty()) {
            return List.of();
        }
        boolean grant = verb.equals("GRANT");
        String list = String.join(", ", new TreeSet<>(privileges));
        return List.of(new Change(
                grant ? "grant.added" : "grant.revoked",
                "%s on %s %s %s".formatted(list, words, grant ? "to" : "from", Text.quote(role)),
                "%s %s ON %s %s %s".formatted(verb, list, object, grant ? "TO" : "FROM", Sql.name(role)),
                purpose,
                schema,
                false));
    }
}
