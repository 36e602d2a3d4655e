package io.github.cdkliquibase.lambda.changelog.execution;

import java.util.List;
import java.util.function.Supplier;
import liquibase.exception.DatabaseException;

/**
 * A statement of a changeset.
 *
 * @param sql its text, or something else that identifies it if it has no text
 * @param digestText the text that identifies it in later runs, without the values of the deploy's parameters
 * @param isWritten whether the author wrote its SQL, which then may be anything
 * @param work executes it
 * @param parts the statements in a text that was not split, as steps that can be executed one by one
 */
record ChangesetStatement(
        String sql, String digestText, boolean isWritten, Work work, Supplier<List<ChangesetStatement>> parts) {

    /** Executes something on the session. */
    @FunctionalInterface
    interface Work {

        /** Does the work. */
        void run() throws DatabaseException;
    }

    /** Executes the statement. */
    void execute() throws DatabaseException {
        work.run();
    }
}
