package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
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

    /**
     * Tables in which Liquibase and this project keep the history: the application may read them, but never write them.
     */
    private static final Set<String> HISTORY_TABLES =
            Set.of("databasechangelog", "databasechangeloglock", "databasechangelogunfinished");

    /**
     * The condition that a relation holds the history, or is a view on it: writing a simple view writes the table
     * behind it. Takes the relation's alias.
     */
    private static final String IS_HISTORY =
            "%s.oid IN (WITH RECURSIVE h (oid) AS (SELECT t.oid FROM pg_class t WHERE lower(t.relname) = ANY ('{"
                    + String.join(",", HISTORY_TABLES)
                    + "}') UNION SELECT w.ev_class FROM h JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = h.oid"
                    + " AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite w ON w.oid = d.objid) SELECT h.oid FROM h)";

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<Purpose> served;
    private final boolean takesAllAway;

    ObjectPrivileges(Sql sql, DatabaseRoles wanted) {
        this(sql, wanted, false);
    }

    private ObjectPrivileges(Sql sql, DatabaseRoles wanted, boolean takesAllAway) {
        this.sql = sql;
        this.wanted = wanted;
        this.takesAllAway = takesAllAway;
        this.served = wanted.roles().keySet().stream()
                .filter(purpose -> purpose != Purpose.OWNER)
                .toList();
    }

    /** For schemas that the properties no longer name. */
    static ObjectPrivileges ofFormerSchemas(Sql sql, DatabaseRoles wanted, List<String> schemas) {
        return new ObjectPrivileges(sql, new DatabaseRoles(wanted.roles(), schemas), true);
    }

    /** The condition that the relation of this alias holds the history of the migrations, or shows it. */
    static String isHistory(String alias) {
        return IS_HISTORY.formatted(alias);
    }

    private Set<String> dueHere(Purpose purpose, boolean sequence, boolean history) {
        return takesAllAway ? Set.of() : DuePrivileges.of(purpose, sequence, history);
    }

    /** The necessary changes, including those for later objects. */
    List<Change> changes() throws SQLException {
        List<Change> changes = new ArrayList<>(ofObjects(false));
        changes.addAll(ofColumns());
        changes.addAll(new DefaultPrivileges(sql, wanted, served, takesAllAway).changes());
        return changes;
    }

    /** Objects that need the same change, in one statement. */
    private record Group(
            String verb, Set<String> privileges, boolean sequences, Purpose purpose, String schema, boolean history) {}

    /** Revokes writing on the history from the application. */
    List<Change> ofHistory() throws SQLException {
        return ofObjects(true);
    }

    private List<Change> ofObjects(boolean historyOnly) throws SQLException {
        List<Acl> acl = sql.list(
                "SELECT n.nspname, format('%I.%I', n.nspname, c.relname), CASE WHEN "
                        + isHistory("c")
                        + " THEN 'history' ELSE '' END, pg_has_role(c.relowner, 'USAGE'), c.relkind::text,"
                        + " g.rolname, g.privilege_type, coalesce(g.is_grantable, false)"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " LEFT JOIN LATERAL (SELECT r.rolname, x.privilege_type, x.is_grantable FROM aclexplode(c.relacl) x"
                        + " JOIN pg_roles r ON r.oid = x.grantee WHERE r.rolname = ANY (?)) g ON true"
                        + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        + Sql.notOfAnExtension("pg_class", "c")
                        + " ORDER BY 1, 2",
                Acl::read,
                wanted.names(),
                wanted.schemas());
        Map<String, List<Acl>> objects =
                acl.stream().collect(Collectors.groupingBy(Acl::object, LinkedHashMap::new, Collectors.toList()));
        Map<Group, List<String>> groups = new LinkedHashMap<>();
        objects.forEach((object, entries) -> {
            Acl one = entries.get(0);
            // Only the owner of an object can grant on it.
            if (one.ours() && (!historyOnly || isHistory(one))) {
                served.forEach(purpose -> collect(groups, object, entries, purpose));
            }
        });
        return groups.entrySet().stream()
                .map(each -> change(each.getKey(), each.getValue()))
                .toList();
    }

    private static boolean isHistory(Acl one) {
        return !one.name().isEmpty();
    }

    private void collect(Map<Group, List<String>> groups, String object, List<Acl> entries, Purpose purpose) {
        Acl one = entries.get(0);
        boolean sequence = one.kind().equals("S");
        boolean history = isHistory(one);
        String role = Objects.requireNonNull(wanted.role(purpose)).name();
        Set<String> has = Acl.privileges(entries, role);
        Set<String> due = dueHere(purpose, sequence, history);
        Set<String> handedOn = entries.stream()
                .filter(each -> role.equals(each.role()) && each.grantable() && due.contains(each.privilege()))
                .map(each -> String.valueOf(each.privilege()))
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, Set<String>> changes = new LinkedHashMap<>();
        changes.put("GRANT", Acl.without(due, has));
        changes.put("REVOKE", Acl.without(has, due));
        changes.put("REVOKE GRANT OPTION FOR", handedOn);
        changes.forEach((verb, privileges) ->
                collect(groups, new Group(verb, privileges, sequence, purpose, one.schema(), history), object));
    }

    private static void collect(Map<Group, List<String>> groups, Group group, String object) {
        if (!group.privileges().isEmpty()) {
            groups.computeIfAbsent(group, each -> new ArrayList<>()).add(object);
        }
    }

    private Change change(Group group, List<String> objects) {
        String role = Objects.requireNonNull(wanted.role(group.purpose())).name();
        boolean grant = group.verb().equals("GRANT");
        String privileges = String.join(", ", group.privileges());
        String where = (group.sequences() ? "sequence " : "table ")
                + objects.get(0)
                + (objects.size() == 1 ? "" : " and %d more".formatted(objects.size() - 1));
        return new Change(
                grant ? "grant.added" : "grant.revoked",
                "%s%s on %s %s %s"
                        .formatted(
                                group.verb().contains("OPTION") ? "the right to grant " : "",
                                privileges,
                                where,
                                grant ? "to" : "from",
                                Text.quote(role)),
                "%s %s ON %s %s %s %s"
                        .formatted(
                                group.verb(),
                                privileges,
                                group.sequences() ? "SEQUENCE" : "TABLE",
                                String.join(", ", objects),
                                grant ? "TO" : "FROM",
                                Sql.name(role)),
                group.purpose(),
                group.schema(),
                group.history() || takesAllAway);
    }

    // Privileges on a column without the same privilege on the table.
    private List<Change> ofColumns() throws SQLException {
        List<Change> changes = new ArrayList<>();
        for (Purpose purpose : served) {
            String role = Objects.requireNonNull(wanted.role(purpose)).name();
            changes.addAll(sql.list(
                    "SELECT n.nspname, format('%I.%I', n.nspname, c.relname), quote_ident(t.attname), a.privilege_type"
                            + " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,"
                            + " LATERAL aclexplode(t.attacl) a JOIN pg_roles g ON g.oid = a.grantee"
                            + " WHERE n.nspname = ANY (?) AND g.rolname = ? AND pg_has_role(c.relowner, 'USAGE')"
                            + " AND NOT (a.privilege_type = ANY (CASE WHEN "
                            + isHistory("c")
                            + " THEN ?::text[] ELSE ?::text[] END))"
                            + Sql.notOfAnExtension("pg_class", "c")
                            + " ORDER BY 2, 3",
                    row -> new Change(
                            "grant.revoked",
                            "%s on column %s of table %s from %s"
                                    .formatted(row.getString(4), row.getString(3), row.getString(2), Text.quote(role)),
                            "REVOKE %s (%s) ON TABLE %s FROM %s"
                                    .formatted(row.getString(4), row.getString(3), row.getString(2), Sql.name(role)),
                            purpose,
                            row.getString(1),
                            takesAllAway),
                    wanted.schemas(),
                    role,
                    dueHere(purpose, false, true),
                    dueHere(purpose, false, false)));
        }
        return changes;
    }
}
