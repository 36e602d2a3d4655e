package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compares the privileges of the roles on the schemas with the wanted privileges. */
final class SchemaPrivileges {

    /** No role has this name. */
    private static final String EVERYBODY = "";

    private static final String ACL_OF_SCHEMAS =
            "SELECT n.nspname, quote_ident(n.nspname), n.nspname, pg_has_role(n.nspowner, 'USAGE'), '',"
                    + " CASE WHEN a.grantee = 0 THEN '' ELSE g.rolname END, a.privilege_type, a.is_grantable"
                    + " FROM pg_namespace n LEFT JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a ON true"
                    + " LEFT JOIN pg_roles g ON g.oid = a.grantee WHERE n.nspname = ANY (?)";

    private static final String ACL_OF_FORMER_SCHEMAS =
            "SELECT n.nspname, quote_ident(n.nspname), n.nspname, true, '', g.rolname, a.privilege_type, a.is_grantable"
                    + " FROM pg_namespace n, LATERAL aclexplode(n.nspacl) a JOIN pg_roles g ON g.oid = a.grantee"
                    + " WHERE n.nspname = ANY (?) AND pg_has_role(n.nspowner, 'USAGE') ORDER BY 1, 6, 7";

    private static final Set<String> OWNER = Set.of("USAGE", "CREATE");
    private static final Set<String> OTHERS = Set.of("USAGE");

    private final Sql sql;
    private final DatabaseRoles wanted;

    SchemaPrivileges(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /** The necessary changes, including the creation of schemas. */
    List<Change> changes() throws SQLException {
        List<Acl> acl = sql.list(ACL_OF_SCHEMAS, Acl::read, wanted.schemas());
        List<Change> changes = new ArrayList<>();
        for (String schema : wanted.schemas()) {
            List<Acl> here =
                    acl.stream().filter(each -> each.schema().equals(schema)).toList();
            changes.addAll(ofSchema(schema, here));
        }
        return changes;
    }

    /**
     * The privileges to revoke from the application and the read-only role in schemas that the properties no longer
     * name. If the administrator is not a member of a schema's owner, this project has granted nothing there.
     */
    List<Change> ofFormerSchemas(List<String> schemas) throws SQLException {
        List<Change> changes = new ArrayList<>();
        for (Acl each : sql.list(ACL_OF_FORMER_SCHEMAS, Acl::read, schemas)) {
            RolePurpose purpose = wanted.purposeOf(String.valueOf(each.role()));
            if (purpose != null && purpose != RolePurpose.OWNER) {
                changes.add(revokeInFormerSchema(each, purpose, String.valueOf(each.role())));
            }
        }
        return changes;
    }

    private static Change revokeInFormerSchema(Acl acl, RolePurpose purpose, String role) {
        return new Change(
                "grant.revoked",
                "%s on schema %s from %s".formatted(acl.privilege(), Text.quote(acl.schema()), Text.quote(role)),
                "REVOKE %s ON SCHEMA %s FROM %s".formatted(acl.privilege(), Sql.name(acl.schema()), Sql.name(role)),
                purpose,
                acl.schema(),
                true);
    }

    private List<Change> ofSchema(String schema, List<Acl> here) throws SQLException {
        PrivilegesTarget target =
                new PrivilegesTarget("SCHEMA " + Sql.name(schema), "schema " + Text.quote(schema), schema);
        List<Change> changes = new ArrayList<>();
        if (here.isEmpty()) {
            changes.add(creation(target));
        }
        if (Acl.privileges(here, EVERYBODY).contains("CREATE")) {
            changes.add(revokeCreateFromPublic(target));
        }
        for (Map.Entry<RolePurpose, Role> each : wanted.roles().entrySet()) {
            // The owner of a new schema has all privileges on it.
            if (each.getKey() != RolePurpose.OWNER || !here.isEmpty()) {
                changes.addAll(ofRole(target, schema, here, each.getKey()));
            }
        }
        return changes;
    }

    private Change creation(PrivilegesTarget target) {
        String owner = wanted.owner().name();
        return new Change(
                "schema.created",
                "%s for %s".formatted(target.words(), Text.quote(owner)),
                "CREATE " + target.object() + " AUTHORIZATION " + Sql.name(owner),
                RolePurpose.OWNER,
                target.schema(),
                false);
    }

    private static Change revokeCreateFromPublic(PrivilegesTarget target) {
        return new Change(
                "grant.revoked",
                "CREATE on %s from everybody".formatted(target.words()),
                "REVOKE CREATE ON " + target.object() + " FROM PUBLIC",
                null,
                target.schema(),
                false);
    }

    private List<Change> ofRole(PrivilegesTarget target, String schema, List<Acl> here, RolePurpose purpose)
            throws SQLException {
        boolean owner = purpose == RolePurpose.OWNER;
        String role = Objects.requireNonNull(wanted.role(purpose)).name();
        Set<String> has = Acl.privileges(here, role);
        Set<String> missing = Acl.without(owner ? OWNER : OTHERS, has);
        if (!here.isEmpty() && !here.get(0).ours()) {
            removeEffective(missing, role, schema);
        }
        List<Change> changes = new ArrayList<>(target.grant(missing, purpose, role));
        if (!owner && has.contains("CREATE")) {
            changes.addAll(target.revoke(Set.of("CREATE"), purpose, role));
        }
        return changes;
    }

    // On a schema of another owner, nothing can be granted that the role has already.
    private void removeEffective(Set<String> missing, String role, String schema) throws SQLException {
        for (String privilege : Set.copyOf(missing)) {
            if (sql.isTrue("SELECT has_schema_privilege(?, ?, ?)", role, schema, privilege)) {
                missing.remove(privilege);
            }
        }
    }
}
