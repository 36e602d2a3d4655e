package io.github.cdkliquibase.lambda.changelog.execution;

import java.sql.Connection;
import java.util.Optional;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/** Liquibase's connection, on which a changeset decides what becomes of a commit. */
public final class ChangesetConnection extends JdbcConnection {

    private volatile Optional<ChangesetExecutor> executor = Optional.empty();

    /** Wraps a connection, which stays the caller's. */
    public ChangesetConnection(Connection connection) {
        super(connection);
    }

    void executesWith(ChangesetExecutor changesetExecutor) {
        executor = Optional.of(changesetExecutor);
    }

    @Override
    public void commit() throws DatabaseException {
        if (executor.isPresent()) {
            executor.get().commit(super::commit);
        } else {
            super.commit();
        }
    }

    @Override
    public void rollback() throws DatabaseException {
        super.rollback();
        executor.ifPresent(ChangesetExecutor::rolledBack);
    }
}
