package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.postgresql.SchemaDrop;
import io.github.cdkliquibase.lambda.engine.postgresql.Schemas;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.HistoryTables;
import io.github.cdkliquibase.lambda.lock.SessionLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The schema of a changelog, which is dropped under the lock of its history, so that no run works in it meanwhile. */
final class DroppedSchema implements AutoCloseable {

    private final Connection connection;
    private final String schema;
    private final HistoryTables history;
    private final SessionLock lock;

    private DroppedSchema(Connection connection, String schema, HistoryTables history, SessionLock lock) {
        this.connection = connection;
        this.schema = schema;
        this.history = history;
        this.lock = lock;
    }

    static DroppedSchema of(Changelog changelog, Connection connection) throws SQLException {
        String schema = Objects.requireNonNullElseGet(changelog.defaultSchema(), () -> ownDefault(connection));
        if (!Schemas.exists(schema, connection)) {
            throw new MigrationException(
                    "Schema %s does not exist, so nothing of it can be dropped".formatted(Text.quote(schema)));
        }
        HistoryTables history = new HistoryTables(
                Objects.requireNonNullElse(changelog.history().schema(), schema),
                changelog.history().table().toLowerCase(Locale.ROOT));
        connection.setAutoCommit(false);
        return new DroppedSchema(
                connection,
                schema,
                history,
                new SessionLock(
                        connection,
                        history.schema(),
                        changelog.history().lockTable().toLowerCase(Locale.ROOT)));
    }

    private static String ownDefault(Connection connection) {
        try {
            return Schemas.current(connection);
        } catch (SQLException e) {
            throw FailureReason.ofDrop(e);
        }
    }

    List<String> drop(Deadline deadline) throws SQLException {
        lock.acquire(deadline);
        connection.rollback();
        connection.setAutoCommit(true);
        List<String> left = new SchemaDrop(connection, schema, deadline).execute();
        if (!history.schema().equals(schema)) {
            for (String table : List.of(history.history(), history.unfinished(), lock.table())) {
                Schemas.dropTable(history.schema(), table, connection);
            }
        }
        connection.setAutoCommit(false);
        return left;
    }

    @Override
    public void close() {
        lock.close();
    }
}
