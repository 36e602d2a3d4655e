package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** What a run holds on its connection: its lock, its settings, and the bounds of its statements. */
public interface Sessions {

    /**
     * The lock of the runs on one history, not taken yet.
     *
     * @param connection with auto-commit off; its transaction is ended by every method of the lock
     * @param lockTimeout of the session
     */
    RunLock lock(Connection connection, HistoryTables tables, Duration lockTimeout);

    /**
     * The session as it is now, before a changeset has changed it.
     *
     * @param connection with auto-commit off; a transaction may be open afterwards
     * @param tables of the history whose lock the run holds
     */
    RunSession session(Connection connection, HistoryTables tables) throws SQLException;

    /**
     * The bounds of a session.
     *
     * @param lockTimeout the session's initial lock timeout
     */
    StatementBounds bounds(Connection connection, Duration lockTimeout, Deadline deadline);

    /**
     * Starts to watch which session holds the lock that a statement of this one waits for.
     *
     * @param lockTimeout after which the statements of the session are given up
     */
    LockWatch watch(Connection session, LockWatch.Connections connections, Duration lockTimeout) throws SQLException;

    /**
     * What the database or its driver said, if the connection was lost, or leads to a server that takes no writes. A statement may
     * raise such a state by itself, as foreign data wrappers do. Then the connection is as good as before.
     */
    Optional<DatabaseMessage> loss(Throwable failure, Connection connection);

    /**
     * Whether the server accepts writes on this connection. If so, a refused write is due to a setting of the session
     * or transaction.
     *
     * @param connection whose transaction is rolled back
     * @return false also if the server cannot be asked
     */
    boolean takesWrites(Connection connection);
}
