package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;

/** A history did not store the row of a changeset, and raised no error. The transaction is rolled back. */
public final class RowDiscardedException extends SQLException {

    private static final long serialVersionUID = 1;

    /**
     * The discarded row.
     *
     * @param cause of the server
     */
    public RowDiscardedException(SQLException cause) {
        super("the history did not store the row", cause);
    }
}
