package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The identifier of a transaction. The server can report the outcome of the transaction later.
 *
 * @param value with the epoch, as {@code txid_current()} has it
 */
record TransactionId(long value) implements Transactions.Mark {

    /** The identifier of the open transaction. Assigns one if it has none. */
    static TransactionId current(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT pg_catalog.txid_current()")) {
            row.next();
            return new TransactionId(row.getLong(1));
        }
    }

    /** The identifier of the open transaction; empty if it has written nothing, temporary tables included. */
    static Optional<TransactionId> ifAssigned(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT pg_catalog.txid_current_if_assigned()")) {
            row.next();
            long value = row.getLong(1);
            return row.wasNull() ? Optional.empty() : Optional.of(new TransactionId(value));
        }
    }

    @Override
    public boolean isCommitted(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT pg_catalog.txid_status(?)")) {
            query.setLong(1, value);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return "committed".equals(row.getString(1));
            }
        }
    }
}
