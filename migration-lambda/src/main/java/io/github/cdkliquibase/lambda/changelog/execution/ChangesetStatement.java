package io.github.cdkliquibase.lambda.changelog.execution;

import java.util.List;
import java.util.function.Supplier;
import liquibase.exception.DatabaseException;

/**
 * A statement of a changeset.
 *
 * @param sql its text; what else tells it from others where it has none
 * @param digestText the text by which it is known again: without the values of the deploy's parameters
 * @param isWritten whether its SQL is the author's, so that it may be anything
 * @param work executes it
 * @param parts the statements in a text that was not split, as steps that can be executed one by one
 */
record ChangesetStatement(
        String sql, String digestText, boolean isWritten, Work work, Supplier<List<ChangesetStatement>> parts) {

    /** Executes something on the session. */
    @FunctionalInterface
    interface Work {

        /** Does it. */
        void run() throws DatabaseException;
    }

    /** Executes it. */
    void execute() throws DatabaseException {
        work.run();
    }
}
