package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * A connection on which a changeset and its row in the history are one transaction.
 *
 * <p>Liquibase commits a changeset, and then its row: a crash in between leaves a changeset that every later run would
 * execute again. Here the first of the two commits waits for the second. What can fail at a commit, deferred constraints,
 * is checked in its place.
 *
 * <p>A commit that a change makes itself, in Java, waits as well.
 */
final class ChangesetConnection extends JdbcConnection {

    private final Connection connection;
    private boolean inChangeset;
    private boolean inChange;
    private boolean held;
    private boolean committing;

    ChangesetConnection(Connection connection) {
        super(connection);
        this.connection = connection;
    }

    /** From now on the changeset's commit waits, if it has a transaction. */
    void changesetStarts(boolean inTransaction) {
        inChangeset = inTransaction;
        inChange = false;
        held = false;
        committing = false;
    }

    /** Whether a commit was asked for and its answer never came, so that nobody knows whether it took place. */
    boolean isCommitUncertain() {
        return committing;
    }

    void changeStarts() {
        inChange = true;
    }

    void changeEnded() {
        inChange = false;
    }

    /** The changeset is in the history, or has failed. */
    void changesetEnded() {
        inChangeset = false;
    }

    /**
     * Bounds the statements up to the end of the transaction, or of the session where there is none.
     *
     * @param statement how long one may take
     * @param lock how long one may wait for a lock
     */
    void bound(Duration statement, Duration lock) throws SQLException {
        String scope = connection.getAutoCommit() ? "SESSION" : "LOCAL";
        try (Statement settings = connection.createStatement()) {
            settings.execute("SET %s statement_timeout = %d; SET %s lock_timeout = %d"
                    .formatted(scope, millis(statement), scope, millis(lock)));
        }
    }

    private static long millis(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    @Override
    public void commit() throws DatabaseException {
        if (inChangeset && inChange) {
            return;
        }
        if (inChangeset && !held) {
            held = true;
            checkDeferredConstraints();
            return;
        }
        committing = inChangeset;
        try {
            super.commit();
            committing = false;
        } catch (DatabaseException e) {
            // What the server refuses it has rolled back.
            committing &= DatabaseMessage.passesOnANewConnection(e).isPresent();
            throw e;
        }
    }

    @Override
    public void rollback() throws DatabaseException {
        inChange = false;
        held = false;
        super.rollback();
    }

    private void checkDeferredConstraints() throws DatabaseException {
        try (Statement constraints = connection.createStatement()) {
            constraints.execute("SET CONSTRAINTS ALL IMMEDIATE");
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }
}
