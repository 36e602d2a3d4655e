package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.postgresql.SchemaDrop;
import io.github.cdkliquibase.lambda.engine.postgresql.SchemaObject;
import io.github.cdkliquibase.lambda.engine.postgresql.Schemas;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.HistoryTables;
import io.github.cdkliquibase.lambda.history.ResourceName;
import io.github.cdkliquibase.lambda.history.SchemaOwnership;
import io.github.cdkliquibase.lambda.lock.SessionLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Drops the schema of a changelog under the lock of its history, so that no run works in it at the same time. */
final class DroppedSchema {

    private final Connection connection;
    private final String schema;
    private final HistoryTables history;
    private final SchemaOwnership ownership;

    private DroppedSchema(Connection connection, String schema, HistoryTables history, SchemaOwnership ownership) {
        this.connection = connection;
        this.schema = schema;
        this.history = history;
        this.ownership = ownership;
    }

    /**
     * Drops the objects that a resource has created in the schema, and its history.
     *
     * @param connection with auto-commit on; stays open
     * @param lockTimeout of its session
     */
    static DropOutcome drop(
            Changelog changelog, ResourceName resource, Connection connection, Duration lockTimeout, Deadline deadline)
            throws SQLException {
        if (changelog.defaultSchema() == null && Schemas.found(connection).isEmpty()) {
            return new DropOutcome.Kept("the search path of the user names no existing schema");
        }
        String schema = schema(changelog, connection);
        if (!Schemas.exists(schema, connection)) {
            return new DropOutcome.Gone("schema %s does not exist".formatted(Text.quote(schema)));
        }
        HistoryTables history = history(changelog, connection);
        connection.setAutoCommit(false);
        SchemaOwnership ownership = new SchemaOwnership(connection, history, schema, resource, true);
        try (SessionLock lock = new SessionLock(connection, history.schema(), history.lock(), lockTimeout)) {
            lock.acquire(deadline);
            return new DroppedSchema(connection, schema, history, ownership).drop(deadline);
        }
    }

    private static String schema(Changelog changelog, Connection connection) throws SQLException {
        return changelog.defaultSchema() == null ? Schemas.current(connection) : changelog.defaultSchema();
    }

    /** The history's tables, found without Liquibase. */
    static HistoryTables history(Changelog changelog, Connection connection) throws SQLException {
        String schema = changelog.history().schema();
        return new HistoryTables(
                schema == null ? schema(changelog, connection) : schema,
                changelog.history().table().toLowerCase(Locale.ROOT),
                changelog.history().lockTable().toLowerCase(Locale.ROOT));
    }

    private DropOutcome drop(Deadline deadline) throws SQLException {
        return switch (ownership.verdict()) {
            case SchemaOwnership.Verdict.Keep keep -> {
                ownership.forget();
                connection.commit();
                yield new DropOutcome.Kept(keep.why());
            }
            case SchemaOwnership.Verdict.Drop drop -> {
                connection.rollback();
                connection.setAutoCommit(true);
                DropOutcome dropped = drop(drop.stays(), deadline);
                connection.setAutoCommit(false);
                yield dropped;
            }
        };
    }

    private DropOutcome drop(Predicate<SchemaObject> stays, Deadline deadline) throws SQLException {
        // The lock table holds the record that allows this resource to drop.
        List<SchemaObject> all = new SchemaDrop(connection, schema, stays, history.lock(), deadline).execute();
        if (!history.schema().equals(schema)) {
            for (String table : List.of(history.history(), history.unfinished(), history.lock())) {
                Schemas.dropTable(history.schema(), table, connection);
            }
        }
        List<SchemaObject> left = all.stream().filter(stays.negate()).toList();
        return new DropOutcome.Dropped(
                all.size() - left.size(),
                left.size(),
                left.isEmpty() ? "" : left.get(0).toString());
    }
}
