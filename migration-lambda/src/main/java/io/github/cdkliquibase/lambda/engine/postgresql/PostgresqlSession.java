package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.SessionState;
import io.github.cdkliquibase.lambda.engine.StatementFailedException;
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

    private final Connection connection;
    private final LockKey lock;
    private final String useOwn;
    private final boolean readOnlyAtStart;
    private final boolean storesRows;
    private final Map<String, String> atStart;

    private PostgresqlSession(
            Connection connection,
            LockKey lock,
            String useOwn,
            boolean readOnlyAtStart,
            boolean storesRows,
            Map<String, String> atStart) {
        this.connection = connection;
        this.lock = lock;
        this.useOwn = useOwn;
        this.readOnlyAtStart = readOnlyAtStart;
        this.storesRows = storesRows;
        this.atStart = atStart;
    }

    /**
     * The session as it is now, before a changeset has changed it.
     *
     * @param connection with auto-commit off; a transaction may be open afterwards
     * @param tables of the history whose lock the run holds
     */
    static PostgresqlSession of(Connection connection, HistoryTables tables) throws SQLException {
        LockKey lock = LockKey.of(tables);
        boolean storesRows = HistoryCommit.isPossible(tables, connection);
        String sql = OwnSettings.statement(connection);
        Map<String, String> atStart = new PostgresqlSession(connection, lock, sql, false, false, Map.of())
                .changed(List.of())
                .settings();
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT " + OwnSettings.READ_ONLY)) {
            row.next();
            return new PostgresqlSession(connection, lock, sql, "on".equals(row.getString(1)), storesRows, atStart);
        }
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
        String before = OwnSettings.statement(connection);
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

    // The notices of statements that travel together are lost.
    @Override
    public boolean canExecuteTogether() throws SQLException {
        return !connection.getAutoCommit() && SessionStart.NO_MESSAGES.equals(atStart.get("client_min_messages"));
    }

    @Override
    public void executeTogether(List<String> statements) throws SQLException, StatementFailedException {
        StatementPipeline.execute(connection, statements);
    }

    @Override
    public boolean canCommitWith() {
        return storesRows && !readOnlyAtStart;
    }

    @Override
    public String commitWith(List<String> notes, List<String> rows) throws SQLException {
        return HistoryCommit.send(useOwn, notes, rows, connection);
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
