package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * Compares the privileges of the roles on objects that the owner creates later with the wanted ones. PostgreSQL adds the default
 * privileges of the database and those of the schema, so both are read.
 */
final class DefaultPrivileges {

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<Purpose> served;
    private final boolean takesAllAway;

    DefaultPrivileges(Sql sql, DatabaseRoles wanted, List<Purpose> served, boolean takesAllAway) {
        this.sql = sql;
        this.wanted = wanted;
        this.served = served;
        this.takesAllAway = takesAllAway;
    }

    /** The necessary changes. */
    List<Change> changes() throws SQLException {
        String owner = wanted.owner().name();
        List<Acl> acl = sql.list(
                "SELECT coalesce(n.nspname, ''), '', '', true, d.defaclobjtype::text, g.rolname, a.privilege_type, a.is_grantable"
                        + " FROM pg_default_acl d JOIN pg_roles o ON o.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace,"
                        + " LATERAL aclexplode(d.defaclacl) a JOIN pg_roles g ON g.oid = a.grantee"
                        + " WHERE o.rolname = ? AND d.defaclobjtype IN ('r', 'S') AND (d.defaclnamespace = 0 OR n.nspname = ANY (?))",
                Acl::read,
                owner,
                wanted.schemas());
        List<Change> changes = new ArrayList<>();
        List<String> places = new ArrayList<>(wanted.schemas());
        if (!takesAllAway) {
            places.add("");
        }
        for (String schema : places) {
            for (boolean sequences : new boolean[] {false, true}) {
                List<Acl> here = acl.stream()
                        .filter(each ->
                                each.schema().equals(schema) && each.kind().equals(sequences ? "S" : "r"))
                        .toList();
                for (Purpose purpose : served) {
                    Set<String> has = Acl.privileges(
                            here, Objects.requireNonNull(wanted.role(purpose)).name());
                    Set<String> due =
                            schema.isEmpty() || takesAllAway ? Set.of() : DuePrivileges.of(purpose, sequences, false);
                    add(changes, "GRANT", Acl.without(due, has), sequences, purpose, schema);
                    add(changes, "REVOKE", Acl.without(has, due), sequences, purpose, schema);
                }
            }
        }
        return changes;
    }

    private void add(
            List<Change> changes,
            String verb,
            Set<String> privileges,
            boolean sequences,
            Purpose purpose,
            String schema) {
        if (privileges.isEmpty()) {
            return;
        }
        String role = Objects.requireNonNull(wanted.role(purpose)).name();
        boolean grant = verb.equals("GRANT");
        String list = String.join(", ", privileges);
        String kind = sequences ? "SEQUENCES" : "TABLES";
        changes.add(new Change(
                grant ? "default.added" : "default.revoked",
                "%s on later %s%s %s %s"
                        .formatted(
                                list,
                                kind.toLowerCase(Locale.ROOT),
                                schema.isEmpty() ? "" : " of schema " + Text.quote(schema),
                                grant ? "to" : "from",
                                Text.quote(role)),
                "ALTER DEFAULT PRIVILEGES FOR ROLE %s%s %s %s ON %s %s %s"
                        .formatted(
                                Sql.name(wanted.owner().name()),
                                schema.isEmpty() ? "" : " IN SCHEMA " + Sql.name(schema),
                                verb,
                                list,
                                kind,
                                grant ? "TO" : "FROM",
                                Sql.name(role)),
                purpose,
                schema.isEmpty() ? null : schema,
                takesAllAway));
    }
}
