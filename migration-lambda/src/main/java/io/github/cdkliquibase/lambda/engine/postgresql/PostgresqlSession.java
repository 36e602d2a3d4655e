package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.SessionState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A session whose settings are those of {@code pg_settings}. */
final class PostgresqlSession implements RunSession {

    /**
     * The settings that decide how the run's own statements are executed. For other users than superusers, the settings
     * that only a superuser may change are left out. The role comes last, because setting the session's user resets it.
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

    private static final String READ_ONLY = "pg_catalog.current_setting('transaction_read_only')";

    private final Connection connection;
    private final LockKey lock;
    private final String useOwn;
    private final boolean readOnlyAtStart;
    private final Map<String, String> atStart;

    private PostgresqlSession(
            Connection connection, LockKey lock, String useOwn, boolean readOnlyAtStart, Map<String, String> atStart) {
        this.connection = connection;
        this.lock = lock;
        this.useOwn = useOwn;
        this.readOnlyAtStart = readOnlyAtStart;
        this.atStart = atStart;
    }

    /**
     * The session as it is now, before a changeset has changed it.
     *
     * @param connection with auto-commit off; a transaction may be open afterwards
     * @param lock key of the advisory lock of the run
     */
    static PostgresqlSession of(Connection connection, LockKey lock) throws SQLException {
        String sql = setCurrentValues(connection);
        Map<String, String> atStart = new PostgresqlSession(connection, lock, sql, false, Map.of())
                .changed(List.of())
                .settings();
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT " + READ_ONLY)) {
            row.next();
            return new PostgresqlSession(connection, lock, sql, "on".equals(row.getString(1)), atStart);
        }
    }

    // Builds a statement that sets these settings, for one transaction, to their present values.
    private static String setCurrentValues(Connection connection) throws SQLException {
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

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public boolean useOwnSettings() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(useOwn)) {
            row.next();
            return "on".equals(row.getString(row.getMetaData().getColumnCount()));
        }
    }

    @Override
    public <T> T asRole(Optional<String> role, Question<T> work) throws SQLException {
        if (role.isEmpty()) {
            return work.ask();
        }
        String before;
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT pg_catalog.current_setting('role')")) {
            row.next();
            before = row.getString(1);
        }
        set(Map.of("role", role.get()));
        try {
            return work.ask();
        } finally {
            if (!connection.isClosed()) {
                set(Map.of("role", before));
            }
        }
    }

    @Override
    public void withOwnSettings(Work work) throws SQLException {
        String before = setCurrentValues(connection);
        useOwnSettings();
        work.run();
        try (Statement query = connection.createStatement()) {
            query.execute(before);
        }
    }

    @Override
    public void beginOwnTransaction() throws SQLException {
        if (!useOwnSettings() || readOnlyAtStart) {
            return;
        }
        connection.rollback();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION READ WRITE");
        }
        useOwnSettings();
    }

    @Override
    public SessionState changed(Collection<String> customSettings) throws SQLException {
        SessionChanges changes = SessionChanges.read(connection, customSettings, atStart, lock);
        if (!changes.reset().isEmpty()) {
            set(changes.reset());
        }
        return changes.state();
    }

    @Override
    public void restore(SessionState state) throws SQLException {
        Map<String, String> values = new LinkedHashMap<>(state.settings());
        values.putAll(state.customSettings());
        values.put("role", state.role());
        set(values);
    }

    private void set(Map<String, String> values) throws SQLException {
        String calls = String.join(", ", Collections.nCopies(values.size(), "pg_catalog.set_config(?, ?, false)"));
        try (PreparedStatement set = connection.prepareStatement("SELECT " + calls)) {
            int parameter = 0;
            for (Map.Entry<String, String> each : values.entrySet()) {
                set.setString(++parameter, each.getKey());
                set.setString(++parameter, each.getValue());
            }
            set.execute();
        }
    }
}
