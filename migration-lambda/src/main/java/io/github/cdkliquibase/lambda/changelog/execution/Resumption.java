package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.Statements.SessionValue;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.sql.SQLException;
import liquibase.exception.DatabaseException;

/**
 * How a run resumes a changeset behind its statements that are done.
 *
 * @param engine of the database
 * @param note how far it is
 * @param leftovers what it leaves in its session from now on
 * @param isOnNewSession whether the session of the statements that are done has ended
 */
record Resumption(Engine engine, UnfinishedChangeset note, Leftovers leftovers, boolean isOnNewSession) {

    /**
     * Called before each statement that is not done yet.
     *
     * @param isFirst whether it is the first of them
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

    /** Called when a statement failed that an earlier run had not done. */
    void failed(ChangesetName name, String sql, DatabaseException failure) {
        if (isOnNewSession
                && note.done() > 0
                && engine.statements().sessionValue(sql) == SessionValue.OF_A_SEQUENCE
                && engine.failures().kind(failure) == FailureKind.NOT_READY) {
            throw UnfinishedReasons.needsItsSession(name, note.done(), "the value of 'currval()'");
        }
    }
}
