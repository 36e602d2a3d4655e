package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections of an engine, with its driver. */
public interface Connector {

    /** The port where neither a property nor a secret names one. */
    int defaultPort();

    /**
     * Makes one attempt to connect, and prepares the session for a run.
     *
     * @param endOfTheAttempt after which the attempt is given up
     * @param deadline of the run, at which the server ends the statements of the session
     * @return an open connection, which the caller closes
     * @throws PooledConnectionException if a connection pooler is in between. Nothing is set on its session then
     * @throws SQLException if there is no connection
     */
    Connection connect(ConnectionDetails to, ConnectionOptions options, Deadline endOfTheAttempt, Deadline deadline)
            throws SQLException;

    /**
     * Asks the server to cancel the statement that runs on a connection. May be called from another thread, and may block.
     *
     * @throws SQLException if the server could not be asked
     */
    void cancel(Connection running) throws SQLException;
}
