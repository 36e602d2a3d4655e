package io.github.cdkliquibase.lambda.changelog.execution;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import liquibase.exception.DatabaseException;
import liquibase.statement.ExecutablePreparedStatement;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;
import liquibase.statement.core.RawSqlStatement;
import liquibase.statement.core.RuntimeStatement;

/**
 * A statement of a changeset.
 *
 * @param sql its text, or something else that identifies it if it has no text
 * @param digestText the text that identifies it in later runs, without the values of the deploy's parameters
 * @param place in its change
 * @param isWritten whether the author wrote its SQL, which then may be anything
 * @param work executes it
 * @param parts the statements in a text that was not split, as steps that can be executed one by one
 */
record ChangesetStatement(
        String sql,
        String digestText,
        Optional<StatementPlace> place,
        boolean isWritten,
        Work work,
        Supplier<List<ChangesetStatement>> parts) {

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

    /** Whether the author wrote the SQL of a statement. A change in Java may create any kind. */
    @SuppressWarnings("deprecation") // statements that are not split still have the older class
    static boolean isWritten(SqlStatement statement) {
        return statement instanceof RawParameterizedSqlStatement
                || statement instanceof RawSqlStatement
                || isOpaque(statement);
    }

    /** Whether the SQL of a statement is generated during the execution: generating it twice would repeat its effects. */
    static boolean isOpaque(SqlStatement statement) {
        return statement instanceof ExecutablePreparedStatement || statement instanceof RuntimeStatement;
    }
}
