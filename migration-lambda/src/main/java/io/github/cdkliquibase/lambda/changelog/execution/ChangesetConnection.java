package io.github.cdkliquibase.lambda.changelog.execution;

import java.sql.Connection;
import java.util.Optional;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/** Liquibase's connection. The current changeset decides when a commit is sent. */
public final class ChangesetConnection extends JdbcConnection {

    private volatile Optional<ChangesetExecutor> executor = Optional.empty();

    /** Wraps a connection. The caller closes it. */
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
