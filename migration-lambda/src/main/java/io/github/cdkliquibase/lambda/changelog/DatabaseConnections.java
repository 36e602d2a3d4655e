package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;

/** Provides the connections of a run. */
public interface DatabaseConnections {

    /**
     * Opens a connection for the run, with auto-commit on, and closes the previous one.
     *
     * @throws MigrationException if no connection can be opened; the message is the reason
     */
    Connection open();

    /**
     * Opens a second connection to the same database. The caller closes it.
     *
     * @throws SQLException if it cannot be opened within a moment
     */
    Connection openAside() throws SQLException;

    /** Whether the run itself cut its connection, because its time was over and the work on it did not stop. */
    boolean wasCut();
}
