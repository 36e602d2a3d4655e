package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;

/**
 * The lock timeout of statements. The session begins with the run's own timeout. A timeout that a changeset sets is
 * kept.
 */
public interface StatementBounds {

    /** A statement to execute. */
    @FunctionalInterface
    interface Work<E extends Exception> {

        /** Executes the statement. */
        void run() throws E;
    }

    /**
     * Executes a statement that may wait for locks for nearly all the time that is left.
     *
     * @throws E if the statement throws it
     * @throws SQLException if the timeout could not be set
     */
    <E extends Exception> void waitLonger(Work<E> statement) throws E, SQLException;
}
