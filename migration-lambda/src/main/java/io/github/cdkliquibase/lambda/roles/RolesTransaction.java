package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a piece of work on the roles as one transaction, and tries again after a conflict until the deadline. */
final class RolesTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(RolesTransaction.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /**
     * Other sessions queue behind a waiting transaction of this class, so the timeout is short. It is shorter than
     * PostgreSQL's deadlock_timeout, 1 s by default, so that in a deadlock this transaction fails and not that of the
     * application.
     */
    private static final String LOCK_TIMEOUT = "200ms";

    /**
     * Otherwise a function or an operator that another role created in a schema of the path could replace one of the
     * server's, and would run with the rights of the administrator.
     */
    private static final String SAFE_PATH = "SET LOCAL search_path = pg_catalog, pg_temp";

    /** "cdkroles" in the bytes of a long: one deploy at a time changes the roles of a database. */
    private static final long LOCK = 0x63646b726f6c6573L;

    /** unique_violation, duplicate_object: two transactions that make one role, from two databases. */
    private static final Set<String> AT_ONCE = Set.of("23505", "42710");

    /** The message of PostgreSQL if two transactions change one role. It has no SQLSTATE of its own. */
    private static final String CHANGED_AT_ONCE = "tuple concurrently ";

    /** dependent_objects_still_exist: objects of the role in another database, or grants that the role has made. */
    private static final String STILL_NEEDED = "2BP01";

    private static final String AFTER_CONFLICT =
            "Another session holds a lock that the deploy needs: end that session, or deploy when the database is less busy";

    private final Supplier<Connection> connections;
    private final Failures failures;
    private final Deadline deadline;

    /**
     * Creates the transactions of one piece of work.
     *
     * @param connections opens a new connection and closes the previous one
     */
    RolesTransaction(Supplier<Connection> connections, Failures failures, Deadline deadline) {
        this.connections = connections;
        this.failures = failures;
        this.deadline = deadline;
    }

    @FunctionalInterface
    interface Work {
        RolesReport in(Connection connection, Sql sql) throws SQLException;
    }

    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    /**
     * Runs a piece of work in a transaction, and again after a failure that passes. It uses one connection as long as
     * it lasts. When the time runs out, the reason is the conflict, and not the failure of a last attempt that had no
     * time left.
     *
     * @param work commits by itself
     */
    RolesReport run(Work work) {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Connection connection = null;
        SQLException conflict = null;
        while (true) {
            try {
                if (connection == null) {
                    connection = open(conflict);
                }
                return attempt(work, connection);
            } catch (SQLException e) {
                conflict = failures.kind(e).isConflict() ? e : conflict;
                waitForNextAttempt(backoff, e, conflict);
                connection = rolledBack(connection);
            }
        }
    }

    private RolesReport attempt(Work work, Connection connection) throws SQLException {
        Sql sql = new Sql(connection, failures);
        prepare(sql);
        return work.in(connection, sql);
    }

    private void waitForNextAttempt(Backoff backoff, SQLException failure, @Nullable SQLException conflict) {
        if (!passes(failure) || !Backoff.sleep(backoff.next(), deadline)) {
            throw failed(conflict != null && (passes(failure) || deadline.passed()) ? conflict : failure);
        }
        LOG.atInfo().addKeyValue("event", "roles.retry").log("Retry: {}", describe(failure));
    }

    // The next connection or the session closes it.
    private Connection open(@Nullable SQLException conflict) throws SQLException {
        try {
            Connection opened = connections.get();
            opened.setAutoCommit(false);
            return opened;
        } catch (MigrationException e) {
            throw conflict == null ? e : failed(conflict);
        }
    }

    private static @Nullable Connection rolledBack(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.rollback();
            }
            return connection;
        } catch (SQLException e) {
            return null;
        }
    }

    /** Sets the session for one transaction, and takes the lock of the deploys. It takes one round trip. */
    void prepare(Sql sql) throws SQLException {
        List<String> settings = new ArrayList<>(List.of(SAFE_PATH, "SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'"));
        // The connection may be older than this attempt.
        settings.add(
                "SET LOCAL statement_timeout = " + Math.max(1, deadline.left().toMillis()));
        if (sql.version() >= 16) {
            // Otherwise the administrator would keep more than the right to administer a new role.
            settings.add("SET LOCAL createrole_self_grant = ''");
        }
        settings.add("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        sql.run(String.join("; ", settings));
    }

    private boolean passes(SQLException failure) {
        return failures.kind(failure).isConflict()
                || failures.kind(failure).passesOnANewConnection()
                || AT_ONCE.contains(String.valueOf(failure.getSQLState()))
                || describe(failure).startsWith(CHANGED_AT_ONCE);
    }

    /**
     * Runs a step that applies changes. If one of them fails for good, the reason names it.
     *
     * @throws MigrationException if a change failed
     * @throws SQLException if a failure passes, or came from another statement
     */
    void apply(AppliedChanges applied, Step step) throws SQLException {
        try {
            step.run();
        } catch (SQLException e) {
            if (passes(e) || applied.current().isEmpty()) {
                throw e;
            }
            Change change = applied.current().get();
            throw new MigrationException(
                    "'%s' failed: %s. %s"
                            .formatted(Text.cut(withoutPassword(change), 300), describe(e), advice(change, e)),
                    e);
        }
    }

    private static String advice(Change change, SQLException failure) {
        if (!STILL_NEEDED.equals(failure.getSQLState())) {
            return "Nothing was changed";
        }
        return change.statement().startsWith("REVOKE")
                ? "Another role got the privilege from this role: revoke it there first, or run the statement with CASCADE. Nothing was changed"
                : "It has privileges or objects in another database of the server: remove them there, or set 'OnDelete' to 'RETAIN'";
    }

    private static String withoutPassword(Change change) {
        return change.event().startsWith("password.") ? "ALTER ROLE … PASSWORD …" : change.statement();
    }

    private MigrationException failed(SQLException failure) {
        boolean conflict = failures.kind(failure).isConflict();
        if (deadline.passed() && !conflict) {
            return new MigrationException(
                    "The function ran out of time: %s. Nothing was changed. Give the function more time"
                            .formatted(describe(failure)),
                    failure);
        }
        return new MigrationException(
                "The roles could not be changed: %s. Nothing was changed. %s"
                        .formatted(describe(failure), conflict ? AFTER_CONFLICT : "Correct it and deploy again"),
                failure);
    }

    private String describe(SQLException failure) {
        return failures.of(failure)
                .map(DatabaseMessage::withState)
                .orElse(failure.getClass().getSimpleName());
    }
}
