package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares the privileges of the roles on the database with the wanted privileges. */
final class DatabasePrivileges {

    private static final String DATABASE_ACL =
            "SELECT current_database(), quote_ident(current_database()), d.datname, pg_has_role(d.datdba, 'USAGE'), '', g.rolname, a.privilege_type, a.is_grantable"
                    + " FROM pg_database d LEFT JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a ON true"
                    + " LEFT JOIN pg_roles g ON g.oid = a.grantee WHERE d.datname = current_database()";

    private static final Set<String> OWNER = Set.of("CONNECT", "TEMPORARY", "CREATE");
    private static final Set<String> OTHERS = Set.of("CONNECT");

    private final Sql sql;
    private final DatabaseRoles wanted;

    DatabasePrivileges(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /** The necessary changes. */
    List<Change> changes() throws SQLException {
        List<Acl> acl = sql.list(DATABASE_ACL, Acl::read);
        PrivilegesTarget database = new PrivilegesTarget(
                "DATABASE " + acl.get(0).object(),
                "database " + Text.quote(acl.get(0).name()),
                null);
        List<Change> changes = new ArrayList<>();
        for (Map.Entry<RolePurpose, Role> each : wanted.roles().entrySet()) {
            boolean owner = each.getKey() == RolePurpose.OWNER;
            String role = each.getValue().name();
            changes.addAll(database.grant(missing(acl, owner ? OWNER : OTHERS, role), each.getKey(), role));
            if (!owner && Acl.privileges(acl, role).contains("CREATE")) {
                changes.addAll(database.revoke(Set.of("CREATE"), each.getKey(), role));
            }
        }
        return changes;
    }

    private Set<String> missing(List<Acl> acl, Set<String> due, String role) throws SQLException {
        Set<String> missing = Acl.without(due, Acl.privileges(acl, role));
        if (!acl.get(0).ours()) {
            // Only the owner of the database can grant. A privilege of PUBLIC needs no grant.
            for (String privilege : Set.copyOf(missing)) {
                if (privilege.equals("CREATE")
                        || sql.isTrue("SELECT has_database_privilege(?, current_database(), ?)", role, privilege)) {
                    missing.remove(privilege);
                }
            }
        }
        return missing;
    }
}
