package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Finds privileges on a column that a role must not have on the table. */
final class ColumnPrivileges {

    private static final String FORBIDDEN =
            "SELECT n.nspname, format('%I.%I', n.nspname, c.relname), quote_ident(t.attname), a.privilege_type"
                    + " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,"
                    + " LATERAL aclexplode(t.attacl) a JOIN pg_roles g ON g.oid = a.grantee"
                    + " WHERE n.nspname = ANY (?) AND g.rolname = ? AND pg_has_role(c.relowner, 'USAGE')"
                    + " AND NOT (a.privilege_type = ANY (CASE WHEN "
                    + HistoryTables.isHistory("c")
                    + " THEN ?::text[] ELSE ?::text[] END))"
                    + Sql.notOfAnExtension("pg_class", "c")
                    + " ORDER BY 2, 3";

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<RolePurpose> served;
    private final boolean takesAllAway;

    ColumnPrivileges(Sql sql, DatabaseRoles wanted, List<RolePurpose> served, boolean takesAllAway) {
        this.sql = sql;
        this.wanted = wanted;
        this.served = served;
        this.takesAllAway = takesAllAway;
    }

    /** The necessary changes. */
    List<Change> changes() throws SQLException {
        List<Change> changes = new ArrayList<>();
        for (RolePurpose purpose : served) {
            String role = Objects.requireNonNull(wanted.role(purpose)).name();
            changes.addAll(sql.list(
                    FORBIDDEN,
                    row -> revoke(row, purpose, role),
                    wanted.schemas(),
                    role,
                    due(purpose, true),
                    due(purpose, false)));
        }
        return changes;
    }

    private Set<String> due(RolePurpose purpose, boolean history) {
        return takesAllAway ? Set.of() : DuePrivileges.of(purpose, false, history);
    }

    private Change revoke(ResultSet row, RolePurpose purpose, String role) throws SQLException {
        return new Change(
                "grant.revoked",
                "%s on column %s of table %s from %s"
                        .formatted(row.getString(4), row.getString(3), row.getString(2), Text.quote(role)),
                "REVOKE %s (%s) ON TABLE %s FROM %s"
                        .formatted(row.getString(4), row.getString(3), row.getString(2), Sql.name(role)),
                purpose,
                row.getString(1),
                takesAllAway);
    }
}
