package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tries as a role what it should be able to do, and what it must not.
 *
 * <p>A statement on a table is explained and not executed: the server checks the rights all the same, but reads and writes no
 * row, fires no trigger and draws no number. It holds the lock that the statement would have, {@code ACCESS SHARE} or {@code
 * ROW EXCLUSIVE}, on one table at a time, and waits for it no longer than {@value #LOCK_TIMEOUT}.
 */
final class Trial {

    private static final String LOCK_TIMEOUT = "500ms";

    private static final String ATTEMPT = "SAVEPOINT attempt";
    private static final String GIVEN_UP = "ROLLBACK TO SAVEPOINT attempt";

    private final Sql sql;
    private final String role;
    private final List<String> faults = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    Trial(Sql sql, String role) {
        this.sql = sql;
        this.role = role;
    }

    /** What came out otherwise than it should. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** What could not be tried, and why. */
    List<String> unknown() {
        return List.copyOf(unknown);
    }

    /**
     * Tries, in the transaction that is open, in which the administrator is a member of the role.
     *
     * @param faulty of which the catalogs have shown already that the role lacks something
     */
    void run(Purpose purpose, List<String> schemas, List<ProbeTarget> targets, Set<ProbeTarget> faulty)
            throws SQLException {
        List<String> closed = sql.list(
                "SELECT nspname FROM pg_namespace WHERE NOT has_schema_privilege(?, oid, 'USAGE')",
                row -> row.getString(1),
                role);
        sql.run("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
        sql.run("SET LOCAL ROLE " + Sql.name(role));
        for (ProbeTarget target : targets) {
            if (!target.isSequence() && !closed.contains(target.schema())) {
                tryOut(target, attempts(purpose, target), faulty.contains(target));
            }
        }
        for (String schema : schemas) {
            create(schema);
        }
        sql.run("RESET ROLE");
    }

    private static Map<String, String> attempts(Purpose purpose, ProbeTarget target) {
        Map<String, String> attempts = new LinkedHashMap<>();
        attempts.put("SELECT", "EXPLAIN SELECT FROM " + target.object());
        if (purpose == Purpose.APPLICATION && target.isTable() && !ObjectPrivileges.isHistory(target.name())) {
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
    private void tryOut(ProbeTarget target, Map<String, String> attempts, boolean faulty) throws SQLException {
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
            attempt(target, each.getKey(), each.getValue(), faulty);
        }
    }

    private void attempt(ProbeTarget target, String privilege, String statement, boolean faulty) throws SQLException {
        sql.run(ATTEMPT);
        try {
            sql.run(statement);
        } catch (SQLException e) {
            String said = said(e);
            if (!DatabaseMessage.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                unknown.add("%s on %s: %s".formatted(privilege, target.shown(), said));
            } else if (!faulty) {
                faults.add("Role %s cannot %s on %s: %s".formatted(Text.quote(role), privilege, target.shown(), said));
            }
        }
        sql.run(GIVEN_UP);
    }

    private void create(String schema) throws SQLException {
        sql.run(ATTEMPT);
        try {
            sql.run("CREATE TABLE " + Sql.name(schema) + ".cdk_liquibase_probe ()");
            faults.add("Role %s can create tables in schema %s".formatted(Text.quote(role), Text.quote(schema)));
        } catch (SQLException e) {
            if (!DatabaseMessage.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                unknown.add("CREATE in schema %s: %s".formatted(Text.quote(schema), said(e)));
            }
        }
        sql.run(GIVEN_UP);
    }

    private static String said(SQLException failure) {
        return DatabaseMessage.of(failure).map(DatabaseMessage::withState).orElse("no message");
    }
}
