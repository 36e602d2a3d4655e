package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.Statements.SessionValue;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.sql.SQLException;
import liquibase.exception.DatabaseException;

/**
 * Resumes a changeset after its finished statements.
 *
 * @param engine of the database
 * @param note the recorded progress
 * @param leftovers the session state that it leaves from now on
 * @param isOnNewSession whether the session of the finished statements has ended
 */
record Resumption(Engine engine, UnfinishedChangeset note, Leftovers leftovers, boolean isOnNewSession) {

    /**
     * Called before each statement that is not done yet.
     *
     * @param isFirst whether it is the first such statement
     */
    void beforeStatement(ChangesetName name, RunSession session, String sql, boolean isFirst) throws SQLException {
        if (!isOnNewSession || note.done() == 0) {
            return;
        }
        if (engine.statements().sessionValue(sql) == SessionValue.OF_ANY_SEQUENCE) {
            throw UnfinishedReasons.needsItsSession(name, note.done(), "the value of 'lastval()'");
        }
        if (isFirst && !note.session().role().isEmpty()) {
            session.restore(note.session().toRestore());
        }
    }

    /** Called when a statement failed that no earlier run had finished. */
    void failed(ChangesetName name, String sql, DatabaseException failure) {
        if (isOnNewSession
                && note.done() > 0
                && engine.statements().sessionValue(sql) == SessionValue.OF_A_SEQUENCE
                && engine.failures().kind(failure) == FailureKind.NOT_READY) {
            throw UnfinishedReasons.needsItsSession(name, note.done(), "the value of 'currval()'");
        }
    }
}
