package io.github.cdkliquibase.lambda.roles;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares the privileges of the roles on tables, views and sequences, including later ones, with the wanted
 * privileges.
 */
final class ObjectPrivileges {

    /** The privileges of some roles on each object of the schemas. The third column is empty unless it holds the history. */
    private static final String ACL_OF_OBJECTS = "SELECT n.nspname, format('%I.%I', n.nspname, c.relname), CASE WHEN "
            + HistoryTables.isHistory("c")
            + " THEN 'history' ELSE '' END, pg_has_role(c.relowner, 'USAGE'), c.relkind::text,"
            + " g.rolname, g.privilege_type, coalesce(g.is_grantable, false)"
            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " LEFT JOIN LATERAL (SELECT r.rolname, x.privilege_type, x.is_grantable FROM aclexplode(c.relacl) x"
            + " JOIN pg_roles r ON r.oid = x.grantee WHERE r.rolname = ANY (?)) g ON true"
            + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
            + Sql.notOfAnExtension("pg_class", "c")
            + " ORDER BY 1, 2";

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<RolePurpose> served;
    private final boolean takesAllAway;

    ObjectPrivileges(Sql sql, DatabaseRoles wanted) {
        this(sql, wanted, false);
    }

    private ObjectPrivileges(Sql sql, DatabaseRoles wanted, boolean takesAllAway) {
        this.sql = sql;
        this.wanted = wanted;
        this.takesAllAway = takesAllAway;
        this.served = wanted.roles().keySet().stream()
                .filter(purpose -> purpose != RolePurpose.OWNER)
                .toList();
    }

    /** For schemas that the properties no longer name. */
    static ObjectPrivileges ofFormerSchemas(Sql sql, DatabaseRoles wanted, List<String> schemas) {
        return new ObjectPrivileges(sql, new DatabaseRoles(wanted.roles(), schemas), true);
    }

    private Set<String> dueHere(RolePurpose purpose, boolean sequence, boolean history) {
        return takesAllAway ? Set.of() : DuePrivileges.of(purpose, sequence, history);
    }

    /** The necessary changes, including those for later objects. */
    List<Change> changes() throws SQLException {
        List<Change> changes = new ArrayList<>(ofObjects(false));
        changes.addAll(new ColumnPrivileges(sql, wanted, served, takesAllAway).changes());
        changes.addAll(new DefaultPrivileges(sql, wanted, served, takesAllAway).changes());
        return changes;
    }

    /** Revokes writing on the history from the application. */
    List<Change> ofHistory() throws SQLException {
        return ofObjects(true);
    }

    private List<Change> ofObjects(boolean historyOnly) throws SQLException {
        List<Acl> acl = sql.list(ACL_OF_OBJECTS, Acl::read, wanted.names(), wanted.schemas());
        Map<String, List<Acl>> objects =
                acl.stream().collect(Collectors.groupingBy(Acl::object, LinkedHashMap::new, Collectors.toList()));
        Map<ObjectGrant, List<String>> grants = new LinkedHashMap<>();
        objects.forEach((object, entries) -> {
            Acl one = entries.get(0);
            // Only the owner of an object can grant on it.
            if (one.ours() && (!historyOnly || isHistory(one))) {
                served.forEach(purpose -> collect(grants, object, entries, purpose));
            }
        });
        return grants.entrySet().stream()
                .map(each -> change(each.getKey(), each.getValue()))
                .toList();
    }

    private static boolean isHistory(Acl one) {
        return !one.name().isEmpty();
    }

    private void collect(Map<ObjectGrant, List<String>> grants, String object, List<Acl> entries, RolePurpose purpose) {
        Acl one = entries.get(0);
        boolean sequence = one.kind().equals("S");
        Set<String> has = Acl.privileges(entries, role(purpose));
        Set<String> due = dueHere(purpose, sequence, isHistory(one));
        Map<String, Set<String>> changes = new LinkedHashMap<>();
        changes.put("GRANT", Acl.without(due, has));
        changes.put("REVOKE", Acl.without(has, due));
        changes.put("REVOKE GRANT OPTION FOR", grantable(entries, role(purpose), due));
        changes.forEach((verb, privileges) -> {
            if (!privileges.isEmpty()) {
                ObjectGrant grant = new ObjectGrant(verb, privileges, sequence, purpose, one.schema(), isHistory(one));
                grants.computeIfAbsent(grant, each -> new ArrayList<>()).add(object);
            }
        });
    }

    private static Set<String> grantable(List<Acl> entries, String role, Set<String> due) {
        return entries.stream()
                .filter(each -> role.equals(each.role()) && each.grantable() && due.contains(each.privilege()))
                .map(each -> String.valueOf(each.privilege()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Change change(ObjectGrant grant, List<String> objects) {
        return grant.change(role(grant.purpose()), objects, grant.history() || takesAllAway);
    }

    private String role(RolePurpose purpose) {
        return Objects.requireNonNull(wanted.role(purpose)).name();
    }
}
