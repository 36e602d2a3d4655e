package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The lock timeout of statements. The session begins with the run's own timeout. A timeout that a changeset sets is
 * kept.
 */
public final class StatementBounds {

    private final Connection connection;
    private final Duration lockTimeout;
    private final Deadline deadline;

    /**
     * The bounds of a session.
     *
     * @param lockTimeout the session's initial lock timeout
     */
    public StatementBounds(Connection connection, Duration lockTimeout, Deadline deadline) {
        this.connection = connection;
        this.lockTimeout = lockTimeout;
        this.deadline = deadline;
    }

    /** A statement to execute. */
    @FunctionalInterface
    public interface Work<E extends Exception> {

        /** Executes the statement. */
        void run() throws E;
    }

    /**
     * Executes a statement that may wait for locks for nearly all the time that is left. A concurrent index build waits for
     * old snapshots in the same way, and leaves an invalid index when it is cut short.
     *
     * @throws E if the statement throws it
     * @throws SQLException if the timeout could not be set
     */
    public <E extends Exception> void waitLonger(Work<E> statement) throws E, SQLException {
        long longer = deadline.left().multipliedBy(9).dividedBy(10).toMillis();
        long own = lockTimeout.toMillis();
        if (longer <= own) {
            statement.run();
            return;
        }
        replace(own, longer);
        try {
            statement.run();
        } catch (Throwable e) {
            try {
                replaceIfUsable(longer, own);
            } catch (SQLException refused) {
                // The statement left a transaction that has failed.
                e.addSuppressed(refused);
            }
            throw e;
        }
        replaceIfUsable(longer, own);
    }

    private void replaceIfUsable(long old, long now) throws SQLException {
        if (!connection.isClosed()) {
            replace(old, now);
        }
    }

    private void replace(long old, long now) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement("""
                SELECT pg_catalog.set_config(s.name, ?, false) FROM pg_catalog.pg_settings s
                WHERE s.name OPERATOR(pg_catalog.=) 'lock_timeout' AND s.setting OPERATOR(pg_catalog.=) ?
                """)) {
            set.setString(1, Long.toString(now));
            set.setString(2, Long.toString(old));
            set.execute();
        }
    }
}
