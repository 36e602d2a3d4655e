package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares what the roles may do with what they should be allowed to, and says what makes it right. */
final class Privileges {

    /** What Liquibase and this project keep of the migrations: for the application to read, never to write. */
    static final Set<String> HISTORY_TABLES =
            Set.of("databasechangelog", "databasechangeloglock", "databasechangelogunfinished");

    /** No role has this name. */
    private static final String EVERYBODY = "";

    private static final Set<String> ROWS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE");
    private static final Set<String> READ = Set.of("SELECT");
    private static final Set<String> NEXT_VALUE = Set.of("USAGE", "SELECT");

    private static final String NOT_OF_AN_EXTENSION =
            " AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '%s'::regclass AND e.objid = %s.oid AND e.deptype = 'e')";

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<Purpose> served;

    Privileges(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
        this.served = wanted.roles().keySet().stream()
                .filter(purpose -> purpose != Purpose.OWNER)
                .toList();
    }

    /** Whether a table is one of those that hold the history of the migrations. */
    static boolean isHistory(String table) {
        return HISTORY_TABLES.contains(table.toLowerCase(Locale.ROOT));
    }

    /** What a role should be allowed on a table, view or sequence. */
    static Set<String> due(Purpose purpose, boolean sequence, boolean history) {
        if (purpose == Purpose.APPLICATION) {
            return sequence ? NEXT_VALUE : history ? READ : ROWS;
        }
        return READ;
    }

    /** What is to be changed of the database and its schemas, the creation of schemas included. */
    List<Change> ofPlaces() throws SQLException {
        List<Change> changes = new ArrayList<>(ofDatabase());
        changes.addAll(ofSchemas());
        return changes;
    }

    /** What is to be changed of the objects in the schemas, those that there will be included. */
    List<Change> ofObjects() throws SQLException {
        List<Change> changes = new ArrayList<>(ofObjects(false));
        changes.addAll(ofColumns());
        changes.addAll(ofDefaults());
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
            Set<String> has = privileges(acl, role);
            Set<String> missing = without(due, has);
            if (!ours) {
                // Whoever owns the database decides. What everybody may, need not be granted.
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
            List<Acl> here =
                    acl.stream().filter(each -> each.schema().equals(schema)).toList();
            if (here.isEmpty()) {
                String owner = wanted.owner().name();
                changes.add(new Change(
                        "schema.created",
                        "schema %s for %s".formatted(Text.quote(schema), Text.quote(owner)),
                        "CREATE SCHEMA " + Sql.name(schema) + " AUTHORIZATION " + Sql.name(owner),
                        Purpose.OWNER,
                        schema,
                        false));
            }
            boolean ours = here.isEmpty() || here.get(0).ours();
            String on = "SCHEMA " + Sql.name(schema);
            String where = "schema " + Text.quote(schema);
            if (privileges(here, EVERYBODY).contains("CREATE")) {
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
                if (owner && here.isEmpty()) {
                    continue;
                }
                Set<String> has = privileges(here, each.getValue().name());
                Set<String> missing = without(owner ? Set.of("USAGE", "CREATE") : Set.of("USAGE"), has);
                if (!ours) {
                    for (String privilege : Set.copyOf(missing)) {
                        if (sql.isTrue(
                                "SELECT has_schema_privilege(?, ?, ?)",
                                each.getValue().name(),
                                schema,
                                privilege)) {
                            missing.remove(privilege);
                        }
                    }
                }
                grant(changes, missing, on, where, each.getKey(), schema);
                if (!owner && has.contains("CREATE")) {
                    revoke(changes, Set.of("CREATE"), on, where, each.getKey(), schema);
                }
            }
        }
        return changes;
    }

    /**
     * What is to be handed to the owner: what was made before there was this owner, which it could not alter, and what the
     * other roles own, which they could drop.
     *
     * @param formerOwners who made it before
     */
    List<Change> ofOwners(List<String> formerOwners) throws SQLException {
        List<String> others = new ArrayList<>(wanted.names());
        others.addAll(formerOwners);
        others.remove(wanted.owner().name());
        return sql.list(
                "WITH objects (kind, schema, identity, owner, place) AS ("
                        + "SELECT 'SCHEMA', n.nspname, quote_ident(n.nspname), n.nspowner, 1 FROM pg_namespace n WHERE true"
                        + NOT_OF_AN_EXTENSION.formatted("pg_namespace", "n")
                        + " UNION ALL SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'"
                        + " WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,"
                        + " n.nspname, format('%I.%I', n.nspname, c.relname), c.relowner, 2"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')"
                        + NOT_OF_AN_EXTENSION.formatted("pg_class", "c")
                        // The sequence of a column goes with its table.
                        + " AND NOT (c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
                        + " AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))"
                        + " UNION ALL SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,"
                        + " n.nspname, format('%I.%I', n.nspname, t.typname), t.typowner, 2"
                        + " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('d', 'e', 'r')"
                        + NOT_OF_AN_EXTENSION.formatted("pg_type", "t")
                        + " UNION ALL SELECT 'ROUTINE', n.nspname, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner, 2"
                        + " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE true"
                        + NOT_OF_AN_EXTENSION.formatted("pg_proc", "p")
                        + " UNION ALL SELECT 'STATISTICS', n.nspname, format('%I.%I', n.nspname, s.stxname), s.stxowner, 2"
                        + " FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace"
                        + ") SELECT o.kind, o.schema, o.identity, r.rolname FROM objects o JOIN pg_roles r ON r.oid = o.owner"
                        + " WHERE o.schema = ANY (?) AND r.rolname = ANY (?) ORDER BY o.place, o.schema, o.identity",
                row -> new Change(
                        "owner.changed",
                        "%s %s of %s to %s"
                                .formatted(
                                        row.getString(1).toLowerCase(Locale.ROOT),
                                        row.getString(3),
                                        Text.quote(row.getString(4)),
                                        Text.quote(wanted.owner().name())),
                        "ALTER %s %s OWNER TO %s"
                                .formatted(
                                        row.getString(1),
                                        row.getString(3),
                                        Sql.name(wanted.owner().name())),
                        purposeOf(row.getString(4)),
                        row.getString(2),
                        false),
                wanted.schemas(),
                others);
    }

    private @Nullable Purpose purposeOf(String role) {
        return wanted.roles().entrySet().stream()
                .filter(each -> each.getValue().name().equals(role))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** What the roles may do with one object: its place, whether we can grant it, and one privilege of one role. */
    private record Acl(
            String schema,
            String object,
            String name,
            boolean ours,
            String kind,
            @Nullable String role,
            @Nullable String privilege,
            boolean grantable) {

        static Acl read(java.sql.ResultSet row) throws SQLException {
            return new Acl(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getBoolean(8));
        }
    }

    /** Objects for which the same is to be done, in one statement. */
    private record Group(
            String verb, Set<String> privileges, boolean sequences, Purpose purpose, String schema, boolean history) {}

    /** What the application may no longer write of the history. */
    List<Change> ofHistory() throws SQLException {
        return ofObjects(true);
    }

    private List<Change> ofObjects(boolean historyOnly) throws SQLException {
        List<Acl> acl = sql.list(
                "SELECT n.nspname, format('%I.%I', n.nspname, c.relname), c.relname, pg_has_role(c.relowner, 'USAGE'), c.relkind::text,"
                        + " g.rolname, a.privilege_type, coalesce(a.is_grantable, false)"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " LEFT JOIN LATERAL aclexplode(c.relacl) a ON true LEFT JOIN pg_roles g ON g.oid = a.grantee"
                        + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        + NOT_OF_AN_EXTENSION.formatted("pg_class", "c")
                        + " ORDER BY 1, 2",
                Acl::read,
                wanted.schemas());
        Map<String, List<Acl>> objects =
                acl.stream().collect(Collectors.groupingBy(Acl::object, LinkedHashMap::new, Collectors.toList()));
        Map<Group, List<String>> groups = new LinkedHashMap<>();
        objects.forEach((object, entries) -> {
            Acl one = entries.get(0);
            boolean sequence = one.kind().equals("S");
            boolean history = isHistory(one.name());
            // What another role owns is its owner's to grant.
            if (!one.ours() || (historyOnly && !history)) {
                return;
            }
            for (Purpose purpose : served) {
                String role = Objects.requireNonNull(wanted.role(purpose)).name();
                Set<String> has = privileges(entries, role);
                Set<String> due = due(purpose, sequence, history);
                collect(
                        groups,
                        new Group("GRANT", without(due, has), sequence, purpose, one.schema(), history),
                        object);
                collect(
                        groups,
                        new Group("REVOKE", without(has, due), sequence, purpose, one.schema(), history),
                        object);
                Set<String> handedOn = entries.stream()
                        .filter(each -> role.equals(each.role()) && each.grantable() && due.contains(each.privilege()))
                        .map(each -> String.valueOf(each.privilege()))
                        .collect(Collectors.toCollection(TreeSet::new));
                collect(
                        groups,
                        new Group("REVOKE GRANT OPTION FOR", handedOn, sequence, purpose, one.schema(), history),
                        object);
            }
        });
        return groups.entrySet().stream()
                .map(each -> change(each.getKey(), each.getValue()))
                .toList();
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
                group.history());
    }

    // A column's own privileges, where the table has none.
    private List<Change> ofColumns() throws SQLException {
        List<Change> changes = new ArrayList<>();
        for (Purpose purpose : served) {
            String role = Objects.requireNonNull(wanted.role(purpose)).name();
            changes.addAll(sql.list(
                    "SELECT n.nspname, format('%I.%I', n.nspname, c.relname), quote_ident(t.attname), a.privilege_type"
                            + " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,"
                            + " LATERAL aclexplode(t.attacl) a JOIN pg_roles g ON g.oid = a.grantee"
                            + " WHERE n.nspname = ANY (?) AND g.rolname = ? AND pg_has_role(c.relowner, 'USAGE')"
                            + " AND NOT (a.privilege_type = ANY (CASE WHEN lower(c.relname) = ANY (?) THEN ?::text[] ELSE ?::text[] END))"
                            + NOT_OF_AN_EXTENSION.formatted("pg_class", "c")
                            + " ORDER BY 2, 3",
                    row -> new Change(
                            "grant.revoked",
                            "%s on column %s of table %s from %s"
                                    .formatted(row.getString(4), row.getString(3), row.getString(2), Text.quote(role)),
                            "REVOKE %s (%s) ON TABLE %s FROM %s"
                                    .formatted(row.getString(4), row.getString(3), row.getString(2), Sql.name(role)),
                            purpose,
                            row.getString(1),
                            false),
                    wanted.schemas(),
                    role,
                    HISTORY_TABLES,
                    due(purpose, false, true),
                    due(purpose, false, false)));
        }
        return changes;
    }

    // For what the owner makes later. Of the whole database and of each schema, since PostgreSQL adds the two up.
    private List<Change> ofDefaults() throws SQLException {
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
        places.add("");
        for (String schema : places) {
            for (boolean sequences : new boolean[] {false, true}) {
                List<Acl> here = acl.stream()
                        .filter(each ->
                                each.schema().equals(schema) && each.kind().equals(sequences ? "S" : "r"))
                        .toList();
                for (Purpose purpose : served) {
                    Set<String> has = privileges(
                            here, Objects.requireNonNull(wanted.role(purpose)).name());
                    Set<String> due = schema.isEmpty() ? Set.of() : due(purpose, sequences, false);
                    defaults(changes, "GRANT", without(due, has), sequences, purpose, schema);
                    defaults(changes, "REVOKE", without(has, due), sequences, purpose, schema);
                }
            }
        }
        return changes;
    }

    private void defaults(
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
                false));
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

    private static Set<String> privileges(List<Acl> acl, String role) {
        return acl.stream()
                .filter(each -> role.equals(each.role()) && each.privilege() != null)
                .map(each -> String.valueOf(each.privilege()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }
}
