package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;

/**
 * How long a statement may wait for a lock. The session begins with the run's own bound. One that a changeset sets in its
 * place stays as it is.
 */
public interface StatementBounds {

    /** A statement. */
    @FunctionalInterface
    interface Work<E extends Exception> {

        /** Executes it. */
        void run() throws E;
    }

    /**
     * Executes a statement that may wait for locks for nearly all the time that is left.
     *
     * @throws E what the statement throws
     * @throws SQLException if the session does not take the bound
     */
    <E extends Exception> void waitLonger(Work<E> statement) throws E, SQLException;
}
