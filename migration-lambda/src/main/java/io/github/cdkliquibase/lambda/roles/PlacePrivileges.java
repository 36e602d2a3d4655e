package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares the privileges of the roles on the database and its schemas with the wanted privileges. */
final class PlacePrivileges {

    /** No role has this name. */
    private static final String EVERYBODY = "";

    private final Sql sql;
    private final DatabaseRoles wanted;

    PlacePrivileges(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /** The necessary changes, including the creation of schemas. */
    List<Change> changes() throws SQLException {
        List<Change> changes = new ArrayList<>(ofDatabase());
        changes.addAll(ofSchemas());
        return changes;
    }

    /**
     * The privileges to revoke from the application and the read-only role in schemas that the properties no longer
     * name. If the administrator is not a member of a schema's owner, this project has granted nothing there.
     */
    List<Change> ofFormerSchemas(List<String> schemas) throws SQLException {
        List<Change> changes = new ArrayList<>();
        for (Acl each : sql.list(
                "SELECT n.nspname, quote_ident(n.nspname), n.nspname, true, '', g.rolname, a.privilege_type, a.is_grantable"
                        + " FROM pg_namespace n, LATERAL aclexplode(n.nspacl) a JOIN pg_roles g ON g.oid = a.grantee"
                        + " WHERE n.nspname = ANY (?) AND pg_has_role(n.nspowner, 'USAGE') ORDER BY 1, 6, 7",
                Acl::read,
                schemas)) {
            Purpose purpose = wanted.purposeOf(String.valueOf(each.role()));
            if (purpose != null && purpose != Purpose.OWNER) {
                String what = "%s on schema %s from %s"
                        .formatted(
                                each.privilege(), Text.quote(each.schema()), Text.quote(String.valueOf(each.role())));
                changes.add(new Change(
                        "grant.revoked",
                        what,
                        "REVOKE %s ON SCHEMA %s FROM %s"
                                .formatted(
                                        each.privilege(),
                                        Sql.name(each.schema()),
                                        Sql.name(String.valueOf(each.role()))),
                        purpose,
                        each.schema(),
                        true));
            }
        }
        return changes;
    }

    private List<Change> ofDatabase() throws SQLException {
        List<Change> changes = new ArrayList<>();
        List<Acl> acl = sql.list(
                "SELECT current_database(), quote_ident(current_database()), d.datname, pg_has_role(d.datdba, 'USAGE'), '', g.rolname, a.privilege_type, a.is_grantable"
                        + " FROM pg_database d LEFT JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a ON true"
                        + " LEFT JOIN pg_roles g ON g.oid = a.grantee WHERE d.datname = current_database()",
                Acl::read);
        boolean ours = acl.get(0).ours();
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            String role = each.getValue().name();
            Set<String> due = each.getKey() == Purpose.OWNER
                    ? new TreeSet<>(Set.of("CONNECT", "TEMPORARY", "CREATE"))
                    : new TreeSet<>(Set.of("CONNECT"));
            Set<String> has = Acl.privileges(acl, role);
            Set<String> missing = Acl.without(due, has);
            if (!ours) {
                // Only the owner of the database can grant. A privilege of PUBLIC needs no grant.
                for (String privilege : Set.copyOf(missing)) {
                    if (privilege.equals("CREATE")
                            || sql.isTrue("SELECT has_database_privilege(?, current_database(), ?)", role, privilege)) {
                        missing.remove(privilege);
                    }
                }
            }
            String on = "DATABASE " + acl.get(0).object();
            String where = "database " + Text.quote(acl.get(0).name());
            grant(changes, missing, on, where, each.getKey(), null);
            if (each.getKey() != Purpose.OWNER && has.contains("CREATE")) {
                revoke(changes, Set.of("CREATE"), on, where, each.getKey(), null);
            }
        }
        return changes;
    }

    private List<Change> ofSchemas() throws SQLException {
        List<Change> changes = new ArrayList<>();
        List<Acl> acl = sql.list(
                "SELECT n.nspname, quote_ident(n.nspname), n.nspname, pg_has_role(n.nspowner, 'USAGE'), '',"
                        + " CASE WHEN a.grantee = 0 THEN '' ELSE g.rolname END, a.privilege_type, a.is_grantable"
                        + " FROM pg_namespace n LEFT JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a ON true"
                        + " LEFT JOIN pg_roles g ON g.oid = a.grantee WHERE n.nspname = ANY (?)",
                Acl::read,
                wanted.schemas());
        for (String schema : wanted.schemas()) {
            ofSchema(
                    schema,
                    acl.stream().filter(each -> each.schema().equals(schema)).toList(),
                    changes);
        }
        return changes;
    }

    private void ofSchema(String schema, List<Acl> here, List<Change> changes) throws SQLException {
        String on = "SCHEMA " + Sql.name(schema);
        String where = "schema " + Text.quote(schema);
        boolean isThere = !here.isEmpty();
        if (!isThere) {
            String owner = wanted.owner().name();
            changes.add(new Change(
                    "schema.created",
                    "%s for %s".formatted(where, Text.quote(owner)),
                    "CREATE " + on + " AUTHORIZATION " + Sql.name(owner),
                    Purpose.OWNER,
                    schema,
                    false));
        }
        if (Acl.privileges(here, EVERYBODY).contains("CREATE")) {
            changes.add(new Change(
                    "grant.revoked",
                    "CREATE on %s from everybody".formatted(where),
                    "REVOKE CREATE ON " + on + " FROM PUBLIC",
                    null,
                    schema,
                    false));
        }
        for (Map.Entry<Purpose, Role> each : wanted.roles().entrySet()) {
            boolean owner = each.getKey() == Purpose.OWNER;
            if (owner && !isThere) {
                continue;
            }
            Set<String> has = Acl.privileges(here, each.getValue().name());
            Set<String> missing = Acl.without(owner ? Set.of("USAGE", "CREATE") : Set.of("USAGE"), has);
            if (isThere && !here.get(0).ours()) {
                removeWhatAGroupGives(missing, each.getValue().name(), schema);
            }
            grant(changes, missing, on, where, each.getKey(), schema);
            if (!owner && has.contains("CREATE")) {
                revoke(changes, Set.of("CREATE"), on, where, each.getKey(), schema);
            }
        }
    }

    // On a schema of another owner, nothing can be granted that the role has already.
    private void removeWhatAGroupGives(Set<String> missing, String role, String schema) throws SQLException {
        for (String privilege : Set.copyOf(missing)) {
            if (sql.isTrue("SELECT has_schema_privilege(?, ?, ?)", role, schema, privilege)) {
                missing.remove(privilege);
            }
        }
    }

    private void grant(
            List<Change> changes,
            Set<String> privileges,
            String on,
            String where,
            Purpose purpose,
            @Nullable String schema) {
        change(changes, "GRANT", privileges, on, where, purpose, schema);
    }

    private void revoke(
            List<Change> changes,
            Set<String> privileges,
            String on,
            String where,
            Purpose purpose,
            @Nullable String schema) {
        change(changes, "REVOKE", privileges, on, where, purpose, schema);
    }

    private void change(
            List<Change> changes,
            String verb,
            Set<String> privileges,
            String on,
            String where,
            Purpose purpose,
            @Nullable String schema) {
        if (privileges.isEmpty()) {
            return;
        }
        String role = Objects.requireNonNull(wanted.role(purpose)).name();
        boolean grant = verb.equals("GRANT");
        String list = String.join(", ", new TreeSet<>(privileges));
        changes.add(new Change(
                grant ? "grant.added" : "grant.revoked",
                "%s on %s %s %s".formatted(list, where, grant ? "to" : "from", Text.quote(role)),
                "%s %s ON %s %s %s".formatted(verb, list, on, grant ? "TO" : "FROM", Sql.name(role)),
                purpose,
                schema,
                false));
    }
}
