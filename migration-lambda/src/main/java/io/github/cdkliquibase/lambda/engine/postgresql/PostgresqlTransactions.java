package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Transactions that hold DDL too. Their identifiers say later what became of them. */
final class PostgresqlTransactions implements Transactions {

    @Override
    public Scope scope() {
        return Scope.CHANGESET;
    }

    @Override
    public Optional<Mark> markIfWritten(Connection connection) throws SQLException {
        return TransactionId.ifAssigned(connection).map(id -> id);
    }

    @Override
    public Mark mark(Connection connection) throws SQLException {
        return TransactionId.current(connection);
    }

    @Override
    public void checkBeforeCommit(Connection connection) throws SQLException {
        try (Statement constraints = connection.createStatement()) {
            constraints.execute("SET CONSTRAINTS ALL IMMEDIATE");
        }
    }
}
