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

    private static final String DEFAULT_ACL =
            "SELECT coalesce(n.nspname, ''), '', '', true, d.defaclobjtype::text, g.rolname, a.privilege_type, a.is_grantable"
                    + " FROM pg_default_acl d JOIN pg_roles o ON o.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace,"
                    + " LATERAL aclexplode(d.defaclacl) a JOIN pg_roles g ON g.oid = a.grantee"
                    + " WHERE o.rolname = ? AND d.defaclobjtype IN ('r', 'S') AND (d.defaclnamespace = 0 OR n.nspname = ANY (?))";

    /** No schema has this name. */
    private static final String WHOLE_DATABASE = "";

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<RolePurpose> served;
    private final boolean takesAllAway;

    DefaultPrivileges(Sql sql, DatabaseRoles wanted, List<RolePurpose> served, boolean takesAllAway) {
        this.sql = sql;
        this.wanted = wanted;
        this.served = served;
        this.takesAllAway = takesAllAway;
    }

    /** The necessary changes. */
    List<Change> changes() throws SQLException {
        List<Acl> acl = sql.list(DEFAULT_ACL, Acl::read, wanted.owner().name(), wanted.schemas());
        List<String> schemas = new ArrayList<>(wanted.schemas());
        if (!takesAllAway) {
            schemas.add(WHOLE_DATABASE);
        }
        List<Change> changes = new ArrayList<>();
        for (String schema : schemas) {
            changes.addAll(changes(acl, schema, false));
            changes.addAll(changes(acl, schema, true));
        }
        return changes;
    }

    private List<Change> changes(List<Acl> acl, String schema, boolean sequences) {
        List<Acl> here = acl.stream()
                .filter(each -> each.schema().equals(schema) && each.kind().equals(sequences ? "S" : "r"))
                .toList();
        List<Change> changes = new ArrayList<>();
        for (RolePurpose purpose : served) {
            Set<String> has = Acl.privileges(here, role(purpose));
            Set<String> due = schema.isEmpty() || takesAllAway ? Set.of() : DuePrivileges.of(purpose, sequences, false);
            add(changes, new DefaultGrant("GRANT", Acl.without(due, has), sequences, purpose, schema));
            add(changes, new DefaultGrant("REVOKE", Acl.without(has, due), sequences, purpose, schema));
        }
        return changes;
    }

    private record DefaultGrant(
            String verb, Set<String> privileges, boolean sequences, RolePurpose purpose, String schema) {

        boolean isGrant() {
            return verb.equals("GRANT");
        }

        String list() {
            return String.join(", ", privileges);
        }

        String kind() {
            return sequences ? "SEQUENCES" : "TABLES";
        }
    }

    private void add(List<Change> changes, DefaultGrant grant) {
        if (!grant.privileges().isEmpty()) {
            changes.add(new Change(
                    grant.isGrant() ? "default.added" : "default.revoked",
                    words(grant),
                    statement(grant),
                    grant.purpose(),
                    grant.schema().isEmpty() ? null : grant.schema(),
                    takesAllAway));
        }
    }

    private String words(DefaultGrant grant) {
        return "%s on later %s%s %s %s"
                .formatted(
                        grant.list(),
                        grant.kind().toLowerCase(Locale.ROOT),
                        grant.schema().isEmpty() ? "" : " of schema " + Text.quote(grant.schema()),
                        grant.isGrant() ? "to" : "from",
                        Text.quote(role(grant.purpose())));
    }

    private String statement(DefaultGrant grant) {
        return "ALTER DEFAULT PRIVILEGES FOR ROLE %s%s %s %s ON %s %s %s"
                .formatted(
                        Sql.name(wanted.owner().name()),
                        grant.schema().isEmpty() ? "" : " IN SCHEMA " + Sql.name(grant.schema()),
                        grant.verb(),
                        grant.list(),
                        grant.kind(),
                        grant.isGrant() ? "TO" : "FROM",
                        Sql.name(role(grant.purpose())));
    }

    private String role(RolePurpose purpose) {
        return Objects.requireNonNull(wanted.role(purpose)).name();
    }
}
