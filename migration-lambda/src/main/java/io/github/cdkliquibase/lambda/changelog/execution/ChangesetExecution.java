package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import java.util.Optional;
import liquibase.exception.DatabaseException;

/** One changeset while it is executed. Created when it starts, dropped when it ends. */
sealed interface ChangesetExecution permits OneTransaction, StatementByStatement, WithoutNotes {

    /** Whether it also needs the SQL of statements that Liquibase generates. */
    default boolean wantsSql() {
        return false;
    }

    /**
     * Liquibase turns auto-commit on or off: first when it begins to execute the changeset, and then when it has ended.
     *
     * @return whether to turn it on
     */
    default boolean autoCommit(boolean wanted) {
        return wanted;
    }

    /** Executes the next statement. */
    void execute(ChangesetStatement statement) throws DatabaseException;

    /**
     * Takes a statement that may wait, to be sent with others. A statement that must not wait is executed.
     *
     * @return whether it waits
     */
    default boolean letsWait(ChangesetStatement statement) throws DatabaseException {
        return false;
    }

    /** The statements that wait. They are sent before anything else uses the connection. */
    default Waiting waiting() {
        return Waiting.NONE;
    }

    /** Whether statements wait to be sent together. */
    enum Waiting {
        /** None waits. */
        NONE,
        /** They may wait on. */
        FEW,
        /** They should be sent now. */
        MANY
    }

    /** Sends the statements that wait. */
    default void sendWaiting() throws DatabaseException {}

    /** The place of a statement that was sent with others and failed; empty if none did. */
    default Optional<StatementPlace> failedPlace() {
        return Optional.empty();
    }

    /** A change starts. */
    default void changeStarts() {}

    /** A change has been executed. */
    default void changeEnds() {}

    /**
     * Writes the changeset's row in the history.
     *
     * @param row not written yet
     */
    void record(HistoryRow row) throws DatabaseException;

    /**
     * Liquibase asks for a commit.
     *
     * @param commit sends it
     */
    default void commit(Work commit) throws DatabaseException {
        commit.run();
    }

    /** Liquibase has rolled back. */
    default void rolledBack() {}

    /** Whether the failed attempt left nothing behind, so that the changeset can be tried again. */
    boolean canBeRetried();

    /** The state that the changeset leaves in the database if it ends here. */
    Fate fate();

    /** The number of the last statement that was started, from 1; 0 before the first. */
    int statement();
}
