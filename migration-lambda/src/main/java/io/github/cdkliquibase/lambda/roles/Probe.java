package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether each role can do what it should, and nothing that it must not: first in the catalogs, then by trying.
 *
 * <p>What it tries runs in a transaction that is always rolled back. A statement on a table is explained and not executed:
 * the server checks the rights all the same, but reads and writes no row, fires no trigger and draws no number. It holds
 * the lock that the statement would have, {@code ACCESS SHARE} or {@code ROW EXCLUSIVE}, on one table at a time, and
 * waits for it no longer than {@value #LOCK_TIMEOUT}.
 */
final class Probe {

    private static final Logger LOG = LoggerFactory.getLogger(Probe.class);

    static final String LOCK_TIMEOUT = "500ms";

    private static final String REFUSED = "42501";
    private static final String ATTEMPT = "SAVEPOINT attempt";
    private static final String GIVEN_UP = "ROLLBACK TO SAVEPOINT attempt";
    private static final Set<String> WRITES = Set.of("INSERT", "UPDATE", "DELETE", "TRUNCATE");

    private final Sql sql;
    private final DatabaseRoles wanted;
    private final List<String> faults = new ArrayList<>();
    private final Set<Known> known = new HashSet<>();
    private final List<String> unknown = new ArrayList<>();

    Probe(Sql sql, DatabaseRoles wanted) {
        this.sql = sql;
        this.wanted = wanted;
    }

    /** An object of which the catalogs have shown already that a role cannot use it. */
    private record Known(String role, long oid) {}

    /** A table, view or sequence. */
    private record Target(
            long oid,
            String schema,
            String object,
            String name,
            String kind,
            @Nullable String firstColumn,
            String owner) {

        boolean isSequence() {
            return kind.equals("S");
        }

        // Rows go into a view or a foreign table only if something behind it takes them.
        boolean isTable() {
            return kind.equals("r") || kind.equals("p");
        }

        String shown() {
            return switch (kind) {
                        case "S" -> "sequence ";
                        case "v" -> "view ";
                        case "m" -> "materialized view ";
                        case "f" -> "foreign table ";
                        default -> "table ";
                    }
                    + object;
        }
    }

    /**
     * Looks, in the transaction that is open, which the caller rolls back.
     *
     * @return how many tables, views and sequences were looked at
     * @throws MigrationException that names the first fault and counts the others
     */
    int run() throws SQLException {
        Catalog catalog = Catalog.read(sql);
        wanted.roles().values().forEach(role -> {
            if (!catalog.has(role.name())) {
                throw new MigrationException(
                        "Role %s does not exist. Deploy a resource with 'Action' 'RECONCILE' before this one"
                                .formatted(Text.quote(role.name())));
            }
        });
        List<Target> targets = targets();
        for (Purpose purpose : List.of(Purpose.APPLICATION, Purpose.READ_ONLY)) {
            Role role = wanted.role(purpose);
            if (role != null) {
                look(catalog, purpose, role.name(), targets);
                new BorrowedMembership(sql, catalog).borrow(role.name());
                tryOut(purpose, role.name(), targets);
            }
        }
        // A table that is locked fails no deploy: of it, the catalogs alone have spoken.
        unknown.forEach(
                each -> LOG.atWarn().addKeyValue("event", "probe.inconclusive").log("Could not be tried: {}", each));
        LOG.atInfo()
                .addKeyValue("event", faults.isEmpty() ? "probe.succeeded" : "probe.failed")
                .addKeyValue("tables", targets.size())
                .addKeyValue("faults", faults.size())
                .addKeyValue("inconclusive", unknown.size())
                .log("The roles were probed");
        if (!faults.isEmpty()) {
            throw new MigrationException(
                    "%s%s. Deploy again, and the roles are set right before the migration; if a changeset made it so, take that back in a new one"
                            .formatted(
                                    faults.get(0),
                                    faults.size() == 1 ? "" : ", and %d more".formatted(faults.size() - 1)));
        }
        return targets.size();
    }

    private List<Target> targets() throws SQLException {
        return sql.list(
                "SELECT c.oid, n.nspname, format('%I.%I', n.nspname, c.relname), c.relname, c.relkind::text,"
                        + " (SELECT quote_ident(t.attname) FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum > 0"
                        + " AND NOT t.attisdropped ORDER BY t.attnum LIMIT 1), pg_get_userbyid(c.relowner)"
                        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        // A sequence behind an identity column is the table's own affair.
                        + " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
                        + " AND (d.deptype = 'e' OR d.deptype = 'i' AND c.relkind = 'S'))"
                        + " ORDER BY 3",
                row -> new Target(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7)),
                wanted.schemas());
    }

    /** What a role may do with which object, whether by its own right or another's. */
    private record Right(long oid, String privilege) {}

    private Set<Right> rights(String role) throws SQLException {
        return new HashSet<>(sql.list(
                "SELECT c.oid, p.privilege FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
                        + " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'USAGE']) p (privilege)"
                        + " WHERE n.nspname = ANY (?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
                        + " AND CASE WHEN c.relkind = 'S'"
                        + " THEN CASE WHEN p.privilege IN ('USAGE', 'SELECT') THEN has_sequence_privilege(?, c.oid, p.privilege) END"
                        + " ELSE CASE WHEN p.privilege <> 'USAGE' THEN has_table_privilege(?, c.oid, p.privilege) END END",
                row -> new Right(row.getLong(1), row.getString(2)),
                wanted.schemas(),
                role,
                role));
    }

    private void look(Catalog catalog, Purpose purpose, String role, List<Target> targets) throws SQLException {
        Catalog.Entry entry = catalog.role(role).orElseThrow();
        if (entry.superuser() || entry.createsRoles() || entry.createsDatabases() || entry.bypassesRowSecurity()) {
            faults.add("Role %s may do more than its rows: it is SUPERUSER, CREATEROLE, CREATEDB or BYPASSRLS"
                    .formatted(Text.quote(role)));
        }
        if (sql.isTrue(
                "SELECT pg_has_role(?, ?, 'MEMBER')", role, wanted.owner().name())) {
            faults.add("Role %s is a member of %s, and so can do all that the owner can"
                    .formatted(Text.quote(role), Text.quote(wanted.owner().name())));
        }
        for (String schema : wanted.schemas()) {
            if (!sql.isTrue("SELECT has_schema_privilege(?, ?, 'USAGE')", role, schema)) {
                faults.add("Role %s lacks USAGE on schema %s".formatted(Text.quote(role), Text.quote(schema)));
            }
        }
        List<String> owned = sql.list(
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " JOIN pg_roles o ON o.oid = c.relowner WHERE n.nspname = ANY (?) AND o.rolname = ? ORDER BY 1",
                row -> row.getString(1), wanted.schemas(), role);
        owned.forEach(object -> faults.add("Role %s owns %s, and so can drop it".formatted(Text.quote(role), object)));
        Set<Right> rights = rights(role);
        for (Target target : targets) {
            boolean history = Privileges.isHistory(target.name());
            Set<String> missing = new TreeSet<>(Privileges.due(purpose, target.isSequence(), history));
            missing.removeIf(privilege -> rights.contains(new Right(target.oid(), privilege)));
            if (!missing.isEmpty()) {
                faults.add("Role %s lacks %s on %s%s"
                        .formatted(
                                Text.quote(role),
                                String.join(", ", missing),
                                target.shown(),
                                target.owner().equals(wanted.owner().name())
                                        ? ""
                                        : ", which belongs to %s and not to %s"
                                                .formatted(
                                                        Text.quote(target.owner()),
                                                        Text.quote(
                                                                wanted.owner().name()))));
                known.add(new Known(role, target.oid()));
            }
            if (purpose == Purpose.READ_ONLY || history) {
                Set<String> surplus = new TreeSet<>(WRITES);
                surplus.removeIf(privilege -> !rights.contains(new Right(target.oid(), privilege)));
                if (!surplus.isEmpty()) {
                    faults.add("Role %s has %s on %s, which it must not have"
                            .formatted(Text.quote(role), String.join(", ", surplus), target.shown()));
                }
            }
        }
    }

    private void tryOut(Purpose purpose, String role, List<Target> targets) throws SQLException {
        List<String> closed = sql.list(
                "SELECT nspname FROM pg_namespace WHERE NOT has_schema_privilege(?, oid, 'USAGE')",
                row -> row.getString(1),
                role);
        sql.run("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
        sql.run("SET LOCAL ROLE " + Sql.name(role));
        for (Target target : targets) {
            if (!target.isSequence() && !closed.contains(target.schema())) {
                tryOut(role, target, attempts(purpose, target));
            }
        }
        for (String schema : wanted.schemas()) {
            create(role, schema);
        }
        sql.run("RESET ROLE");
    }

    private static Map<String, String> attempts(Purpose purpose, Target target) {
        Map<String, String> attempts = new LinkedHashMap<>();
        attempts.put("SELECT", "EXPLAIN SELECT FROM " + target.object());
        if (purpose == Purpose.APPLICATION && target.isTable() && !Privileges.isHistory(target.name())) {
            attempts.put("INSERT", "EXPLAIN INSERT INTO " + target.object() + " DEFAULT VALUES");
            attempts.put("DELETE", "EXPLAIN DELETE FROM " + target.object());
            if (target.firstColumn() != null) {
                // Any column takes its default, a generated one too.
                attempts.put(
                        "UPDATE", "EXPLAIN UPDATE " + target.object() + " SET " + target.firstColumn() + " = DEFAULT");
            }
        }
        return attempts;
    }

    // All at once, on one way to the server and back; one by one only where something is wrong.
    private void tryOut(String role, Target target, Map<String, String> attempts) throws SQLException {
        try {
            sql.run(ATTEMPT + "; " + String.join("; ", attempts.values()) + "; " + GIVEN_UP);
            return;
        } catch (SQLException e) {
            sql.run(GIVEN_UP);
            if (DatabaseMessage.isConflict(e)) {
                unknown.add(target.shown() + ": " + said(e));
                return;
            }
        }
        for (Map.Entry<String, String> each : attempts.entrySet()) {
            attempt(role, target, each.getKey(), each.getValue());
        }
    }

    private void attempt(String role, Target target, String privilege, String statement) throws SQLException {
        sql.run(ATTEMPT);
        try {
            sql.run(statement);
        } catch (SQLException e) {
            String said = said(e);
            if (!REFUSED.equals(e.getSQLState())) {
                unknown.add("%s on %s: %s".formatted(privilege, target.shown(), said));
            } else if (!known.contains(new Known(role, target.oid()))) {
                faults.add("Role %s cannot %s on %s: %s".formatted(Text.quote(role), privilege, target.shown(), said));
            }
        }
        sql.run(GIVEN_UP);
    }

    private void create(String role, String schema) throws SQLException {
        sql.run(ATTEMPT);
        try {
            sql.run("CREATE TABLE " + Sql.name(schema) + ".cdk_liquibase_probe ()");
            faults.add("Role %s can create tables in schema %s".formatted(Text.quote(role), Text.quote(schema)));
        } catch (SQLException e) {
            if (!REFUSED.equals(e.getSQLState())) {
                unknown.add("CREATE in schema %s: %s".formatted(Text.quote(schema), said(e)));
            }
        }
        sql.run(GIVEN_UP);
    }

    private static String said(SQLException failure) {
        return DatabaseMessage.of(failure).map(DatabaseMessage::withState).orElse("no message");
    }
}
