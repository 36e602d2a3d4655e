package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;

/**
 * The session of a run on one connection: what it was like before the first changeset, and how to get back there.
 *
 * <p>Changesets change their session: its role, its time zone, its search path. The run's own statements, such as the row
 * of a changeset in the history, must not depend on that.
 */
public interface RunSession {

    /** Work on the session. */
    @FunctionalInterface
    interface Work {

        /** Does it. */
        void run() throws SQLException;
    }

    /** Work on the session that finds something out. */
    @FunctionalInterface
    interface Question<T> {

        /** Does it. */
        T ask() throws SQLException;
    }

    /** The connection, which the session does not close. */
    Connection connection();

    /**
     * Gives the rest of the open transaction the run's own role and settings. What the changeset set for the session counts
     * again after the transaction.
     *
     * @return whether the transaction takes no writes, which cannot be undone
     */
    boolean useOwnSettings() throws SQLException;

    /**
     * Does work as a role that a changeset had set, and then sets the role before it again.
     *
     * @param role empty for the one that is set now
     * @param work with auto-commit on
     * @throws SQLException also if the role may not be set any more
     */
    <T> T asRole(Optional<String> role, Question<T> work) throws SQLException;

    /** Does work with the run's own role and settings in the middle of a transaction, which has its own again afterwards. */
    void withOwnSettings(Work work) throws SQLException;

    /**
     * Begins a transaction with the run's own role and settings, and one that takes writes also where a changeset has made
     * the session read-only.
     *
     * @throws SQLException if a transaction is open that has failed
     */
    void beginOwnTransaction() throws SQLException;

    /**
     * What is changed at the moment. Inside a transaction that includes what is set for the transaction only. A setting of
     * the run that was reset is set again.
     *
     * @param customSettings names of settings of applications to ask for
     */
    SessionState changed(Collection<String> customSettings) throws SQLException;

    /**
     * Sets what the session of another connection had set: settings, and the role at last.
     *
     * @throws SQLException also if the role or a setting is refused
     */
    void restore(SessionState state) throws SQLException;
}
