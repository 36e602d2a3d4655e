package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;

/** Where a run has its connections from. */
public interface DatabaseConnections {

    /**
     * A connection for the run, in the place of the one before, which is closed. Auto-commit is on.
     *
     * @throws MigrationException with the reason, if there is none
     */
    Connection open();

    /**
     * Another connection to the same database, beside the one of the run. The caller closes it.
     *
     * @throws SQLException if there is none within a moment
     */
    Connection openAside() throws SQLException;
}
