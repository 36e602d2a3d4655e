package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The session of a run on one connection: its state before the first changeset, and how to restore it.
 *
 * <p>Changesets change their session: its role, its time zone, its search path. The run's own statements, such as the row
 * of a changeset in the history, must not depend on that.
 */
public interface RunSession {

    /** Work on the session. */
    @FunctionalInterface
    interface Work {

        /** Does the work. */
        void run() throws SQLException;
    }

    /** Work on the session that returns a result. */
    @FunctionalInterface
    interface Question<T> {

        /** Does the work. */
        T ask() throws SQLException;
    }

    /** The connection. The session does not close it. */
    Connection connection();

    /**
     * Uses the run's own role and settings for the rest of the open transaction. The changeset's settings of the
     * session apply again after the transaction.
     *
     * @return whether the transaction is read-only, which cannot be undone
     */
    boolean useOwnSettings() throws SQLException;

    /**
     * Does work as a role that a changeset had set, and then restores the previous role.
     *
     * @param role empty for the current role
     * @param work with auto-commit on
     * @throws SQLException also if the role may no longer be set
     */
    <T> T asRole(Optional<String> role, Question<T> work) throws SQLException;

    /**
     * Does work with the run's own role and settings in the middle of a transaction, and then restores those of the
     * transaction.
     */
    void withOwnSettings(Work work) throws SQLException;

    /**
     * Begins a transaction with the run's own role and settings. It is read-write, even if a changeset has made the
     * session read-only.
     *
     * @throws SQLException if a failed transaction is open
     */
    void beginOwnTransaction() throws SQLException;

    /** Whether {@link #executeTogether} is possible: a transaction can be open, and the server sends no notices of single statements. */
    boolean canExecuteTogether() throws SQLException;

    /**
     * Executes statements in one round trip.
     *
     * @param statements for which {@link Statements#canBeSentWithOthers} is true
     * @throws StatementFailedException if one of them fails. The transaction has failed then
     */
    void executeTogether(List<String> statements) throws SQLException, StatementFailedException;

    /** Whether {@link #commitWith} is possible in this session. */
    boolean canCommitWith();

    /**
     * Ends the transaction in one round trip: checks what a commit would check, writes rows of the history with the run's own role
     * and settings, and commits.
     *
     * @param notes statements that fail without consequence, executed before the rows
     * @param rows statements that each write one row of the history
     * @return the search path of the session after the commit, as the server shows it
     * @throws RowDiscardedException if a row was not stored. Nothing is committed
     * @throws SQLException if a statement or the commit failed. The transaction is rolled back, unless the connection is lost
     */
    String commitWith(List<String> notes, List<String> rows) throws SQLException;

    /**
     * The current changes of the session. Inside a transaction this includes settings of the transaction. A setting of
     * the run that was reset is set again.
     *
     * @param customSettings names of settings of applications to ask for
     */
    SessionState changed(Collection<String> customSettings) throws SQLException;

    /**
     * Sets the state of another connection's session: the settings, and then the role.
     *
     * @throws SQLException also if the role or a setting is refused
     */
    void restore(SessionState state) throws SQLException;
}
