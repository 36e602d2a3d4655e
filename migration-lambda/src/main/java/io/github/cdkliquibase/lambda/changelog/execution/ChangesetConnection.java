package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.engine.Catalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/** Liquibase's connection. The current changeset decides when a commit is sent. */
public final class ChangesetConnection extends JdbcConnection {

    private volatile Optional<Decisions> decisions = Optional.empty();

    private final Catalog catalog;

    /** What the current changeset decides about the connection. */
    interface Decisions {

        /** Whether to turn auto-commit on, which Liquibase wants or not. */
        boolean autoCommit(boolean wanted);

        /** Liquibase wants a commit, which the given work sends. */
        void commit(Work commit) throws DatabaseException;

        /** Liquibase has rolled back. */
        void rolledBack();
    }

    /**
     * Wraps a connection, which stays the caller's.
     *
     * @param catalog asks the database for its tables
     */
    public ChangesetConnection(Connection connection, Catalog catalog) {
        super(connection);
        this.catalog = catalog;
    }

    /** Asks the database for its tables. */
    public Catalog catalog() {
        return catalog;
    }

    void decidesWith(Decisions made) {
        decisions = Optional.of(made);
    }

    // Liquibase turns auto-commit on or off when it executes a changeset, by what the changeset says of transactions.
    @Override
    public void setAutoCommit(boolean autoCommit) throws DatabaseException {
        super.setAutoCommit(decisions.map(each -> each.autoCommit(autoCommit)).orElse(autoCommit));
    }

    // Liquibase does so only for a changeset that asks for no transaction.
    void turnAutoCommitOff() {
        try {
            if (!isClosed() && getUnderlyingConnection().getAutoCommit()) {
                getUnderlyingConnection().setAutoCommit(false);
            }
        } catch (DatabaseException | SQLException e) {
            // The connection is lost, and another one takes its place.
        }
    }

    @Override
    public void commit() throws DatabaseException {
        if (decisions.isPresent()) {
            decisions.get().commit(super::commit);
        } else {
            super.commit();
        }
    }

    @Override
    public void rollback() throws DatabaseException {
        super.rollback();
        decisions.ifPresent(Decisions::rolledBack);
    }
}
