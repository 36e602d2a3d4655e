package io.github.cdkliquibase.lambda.engine.postgresql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Checks whether a connection and its server are still usable for a run. */
final class ServerState {

    private static final int ALIVE_SECONDS = 2;

    private static final String ACCEPTS_WRITES = """
            SELECT NOT pg_catalog.pg_is_in_recovery()
              AND (s.setting OPERATOR(pg_catalog.=) 'off' OR s.source OPERATOR(pg_catalog.=) 'session')
            FROM pg_catalog.pg_settings s
            WHERE s.name OPERATOR(pg_catalog.=) 'default_transaction_read_only'
            """;

    private ServerState() {}

    /** Whether the server answers on the connection. */
    static boolean isAlive(Connection connection) {
        try {
            return connection.isValid(ALIVE_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    /**
     * Whether the server accepts writes on this connection. If so, a refused write is due to a setting of the session
     * or transaction.
     *
     * @param connection whose transaction is rolled back
     * @return false also if the server cannot be asked
     */
    static boolean takesWrites(Connection connection) {
        try {
            connection.rollback();
            try (Statement query = connection.createStatement();
                    ResultSet row = query.executeQuery(ACCEPTS_WRITES)) {
                return row.next() && row.getBoolean(1);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            return false;
        }
    }
}
