package io.github.cdkliquibase.lambda.engine;

import java.sql.SQLException;

/** One of the statements that were sent together has failed. Those before it were executed, those behind it were not. */
public final class StatementFailedException extends Exception {

    private static final long serialVersionUID = 1;

    private final int index;
    private final SQLException failure;

    /**
     * A failure.
     *
     * @param index of the statement among those that were sent, from 0
     * @param failure as the database or its driver reports it
     */
    public StatementFailedException(int index, SQLException failure) {
        super(failure);
        this.index = index;
        this.failure = failure;
    }

    /** Index of the statement among those that were sent, from 0. */
    public int index() {
        return index;
    }

    /** The failure of the statement. */
    public SQLException failure() {
        return failure;
    }
}
