package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RunLock;
import io.github.cdkliquibase.lambda.engine.SchemaObject;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.ResourceName;
import io.github.cdkliquibase.lambda.history.SchemaDeletion;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Drops the schema of a changelog under the lock of its history, so that no run works in it at the same time. */
final class DroppedSchema {

    private final Engine engine;
    private final Connection connection;
    private final String schema;
    private final HistoryTables history;
    private final SchemaDeletion deletion;

    private DroppedSchema(
            Engine engine, Connection connection, String schema, HistoryTables history, SchemaDeletion deletion) {
        this.engine = engine;
        this.connection = connection;
        this.schema = schema;
        this.history = history;
        this.deletion = deletion;
    }

    /**
     * Drops the objects that a resource has created in the schema, and its history.
     *
     * @param connection with auto-commit on; stays open
     * @param lockTimeout of its session
     */
    static DropOutcome drop(
            Engine engine,
            Changelog changelog,
            ResourceName resource,
            Connection connection,
            Duration lockTimeout,
            Deadline deadline)
            throws SQLException {
        if (changelog.defaultSchema() == null
                && engine.catalog().currentSchema(connection).isEmpty()) {
            return new DropOutcome.Kept("the search path of the user names no existing schema");
        }
        String schema = schema(engine, changelog, connection);
        if (!engine.catalog().hasSchema(schema, connection)) {
            return new DropOutcome.Gone("schema %s does not exist".formatted(Text.quote(schema)));
        }
        HistoryTables history = history(engine, changelog, connection);
        connection.setAutoCommit(false);
        SchemaDeletion deletion = new SchemaDeletion(engine, connection, history, schema, resource);
        try (RunLock lock = engine.sessions().lock(connection, history, lockTimeout)) {
            lock.acquire(deadline);
            return new DroppedSchema(engine, connection, schema, history, deletion).drop(deadline);
        }
    }

    private static String schema(Engine engine, Changelog changelog, Connection connection) throws SQLException {
        return changelog.defaultSchema() != null
                ? changelog.defaultSchema()
                : engine.catalog()
                        .currentSchema(connection)
                        .orElseThrow(() -> new SQLException("The search path names no existing schema"));
    }

    /** The history's tables, found without Liquibase. */
    static HistoryTables history(Engine engine, Changelog changelog, Connection connection) throws SQLException {
        String schema = changelog.history().schema();
        return changelog.historyNames().in(schema == null ? schema(engine, changelog, connection) : schema);
    }

    private DropOutcome drop(Deadline deadline) throws SQLException {
        return switch (deletion.verdict()) {
            case SchemaDeletion.Verdict.Keep keep -> {
                deletion.forget();
                connection.commit();
                yield new DropOutcome.Kept(keep.why());
            }
            case SchemaDeletion.Verdict.Drop drop -> {
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
        List<SchemaObject> all = engine.objects().drop(schema, stays, history.lock(), connection, deadline);
        if (!history.schema().equals(schema)) {
            for (String table : dropped(history)) {
                engine.catalog().dropTable(history.schema(), table, connection);
            }
        }
        List<SchemaObject> left = all.stream().filter(stays.negate()).toList();
        return new DropOutcome.Dropped(
                all.size() - left.size(),
                left.size(),
                left.isEmpty() ? "" : left.get(0).toString());
    }

    private static List<String> dropped(HistoryTables history) {
        List<String> tables = new ArrayList<>(List.of(history.history()));
        tables.addAll(history.own());
        tables.add(history.lock());
        return tables;
    }
}
