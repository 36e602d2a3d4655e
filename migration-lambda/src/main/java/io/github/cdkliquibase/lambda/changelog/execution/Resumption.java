package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.postgresql.RunSession;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.history.UnfinishedChangeset;
import java.sql.SQLException;
import java.util.regex.Pattern;
import liquibase.exception.DatabaseException;

/**
 * Resumes a changeset after its finished statements.
 *
 * @param note the recorded progress
 * @param leftovers the session state that it leaves from now on
 * @param isOnNewSession whether the session of the finished statements has ended
 */
record Resumption(UnfinishedChangeset note, Leftovers leftovers, boolean isOnNewSession) {

    /** The value depends on the sequences that the session has used. */
    private static final Pattern LAST_VALUE = Pattern.compile("\\blastval\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern CURRENT_VALUE = Pattern.compile("\\bcurrval\\b", Pattern.CASE_INSENSITIVE);

    /** The SQLSTATE of a sequence that has no current value in the session. */
    private static final String NOT_IN_PREREQUISITE_STATE = "55000";

    /**
     * Called before each statement that is not done yet.
     *
     * @param isFirst whether it is the first such statement
     */
    void beforeStatement(ChangesetName name, RunSession session, String sql, boolean isFirst) throws SQLException {
        if (!isOnNewSession || note.done() == 0) {
            return;
        }
        if (LAST_VALUE.matcher(sql).find()) {
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
                && CURRENT_VALUE.matcher(sql).find()
                && DatabaseMessage.hasState(failure, NOT_IN_PREREQUISITE_STATE)) {
            throw UnfinishedReasons.needsItsSession(name, note.done(), "the value of 'currval()'");
        }
    }
}
