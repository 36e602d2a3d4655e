package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.List;

/** Drops a role, and reassigns its objects in this database. */
final class Removal {

    private Removal() {}

    /** The necessary changes. They need the privileges of both roles. */
    static List<Change> of(String role, String heir) {
        return List.of(
                change(
                        "owner.changed",
                        "what %s owned to %s".formatted(Text.quote(role), Text.quote(heir)),
                        "REASSIGN OWNED BY %s TO %s".formatted(Sql.name(role), Sql.name(heir))),
                // The role owns nothing any more: only grants and default privileges are left.
                change("grant.revoked", "everything from " + Text.quote(role), "DROP OWNED BY " + Sql.name(role)),
                change("role.dropped", "role " + Text.quote(role), "DROP ROLE " + Sql.name(role)));
    }

    private static Change change(String event, String what, String statement) {
        return new Change(event, what, statement, null, null, true);
    }
}
