package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Finds out which session holds the lock that a statement of a run waits for. */
public interface LockWatch extends AutoCloseable {

    /** Where other connections come from. */
    @FunctionalInterface
    interface Connections {

        /**
         * Another connection to the same database, which the caller closes.
         *
         * @throws SQLException if there is none
         */
        Connection open() throws SQLException;
    }

    /**
     * A statement starts.
     *
     * @param statement by which it is known again when it is tried again
     */
    void starts(String statement);

    /** The statement has ended. */
    void ends();

    /** The session that was last seen to hold a lock that the last statement waited for, in any attempt; empty if none was. */
    Optional<Blocker> blocker();

    /** Ends the watch. */
    @Override
    void close();
}
