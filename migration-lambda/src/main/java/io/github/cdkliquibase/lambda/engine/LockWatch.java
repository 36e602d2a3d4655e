package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Finds out which session holds the lock that a statement of a run waits for. */
public interface LockWatch extends AutoCloseable {

    /** Opens other connections. */
    @FunctionalInterface
    interface Connections {

        /**
         * Opens another connection to the same database. The caller closes it.
         *
         * @throws SQLException if it cannot be opened
         */
        Connection open() throws SQLException;
    }

    /**
     * Called when a statement starts.
     *
     * @param statement identifies the statement in its next attempt
     */
    void starts(String statement);

    /** Called when the statement has ended. */
    void ends();

    /**
     * The session that was last seen with a lock that the last statement waited for, in any attempt; empty if none was
     * seen.
     */
    Optional<Blocker> blocker();

    /** Ends the watch. */
    @Override
    void close();
}
