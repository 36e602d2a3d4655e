package io.github.cdkliquibase.lambda.engine.postgresql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The settings of a session under which the run's own statements are executed. */
final class OwnSettings {

    static final String READ_ONLY = "pg_catalog.current_setting('transaction_read_only')";

    /**
     * The settings that decide how the run's own statements are executed. If the user is no superuser, the
     * query skips settings that only a superuser may change. The role comes last, because SET SESSION AUTHORIZATION resets it.
     */
    private static final String OWN_SETTINGS = """
            SELECT s.name, pg_catalog.quote_literal(s.setting)
            FROM pg_catalog.pg_settings s
            WHERE s.name OPERATOR(pg_catalog.=) ANY (ARRAY['search_path', 'TimeZone', 'IntervalStyle', 'row_security',
                'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout',
                'standard_conforming_strings', 'session_replication_role'])
              AND (s.context OPERATOR(pg_catalog.=) 'user'
                OR pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on')
            UNION ALL
            SELECT n, pg_catalog.quote_literal(pg_catalog.current_setting(n))
            FROM pg_catalog.unnest(ARRAY['session_authorization', 'role']) n
            """;

    private OwnSettings() {}

    /** A statement that sets them, for one transaction, to their present values. Its last column is {@link #READ_ONLY}. */
    static String statement(Connection connection) throws SQLException {
        StringBuilder calls = new StringBuilder("SELECT ");
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(OWN_SETTINGS)) {
            while (row.next()) {
                calls.append("pg_catalog.set_config('%s', %s, true), ".formatted(row.getString(1), row.getString(2)));
            }
        }
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(
                        "SELECT pg_catalog.quote_literal(pg_catalog.current_setting('synchronous_commit'))")) {
            row.next();
            // A changeset may turn off waiting for durable commits in its own transaction, but plain Liquibase writes
            // the row in another one. A changeset that waits for more than the run does keeps its setting.
            calls.append("""
                    pg_catalog.set_config('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit')
                      WHEN 'off' THEN %s ELSE pg_catalog.current_setting('synchronous_commit') END, true),
                    """.formatted(row.getString(1)));
        }
        return calls.append(READ_ONLY).toString();
    }
}
