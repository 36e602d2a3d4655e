package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.engine.SchemaObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Drops the objects that the user owns in a schema: tables, views, sequences, types, domains, functions, and all other
 * kinds. The schema itself stays, and so do members of extensions, objects of other owners, objects that other schemas
 * depend on, and objects that the caller keeps.
 */
final class SchemaDrop {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Connection connection;
    private final String schema;
    private final Predicate<SchemaObject> stays;
    private final String last;
    private final ObjectDrop objects;
    private final Failures failures;
    private final Deadline deadline;

    /**
     * Creates a drop; nothing is dropped yet.
     *
     * @param connection with auto-commit on
     * @param stays tells which objects of the schema are not dropped, although the user owns them
     * @param last name of a table that is dropped when everything else is, if it is in the schema: a drop that was cut short can be
     *     repeated
     */
    SchemaDrop(
            Connection connection,
            String schema,
            Predicate<SchemaObject> stays,
            String last,
            Failures failures,
            Deadline deadline)
            throws SQLException {
        this.connection = connection;
        this.schema = schema;
        this.stays = stays;
        this.last = new PostgresqlCatalog().quoted(schema, last, connection);
        this.objects = new ObjectDrop(connection, schema, stays);
        this.failures = failures;
        this.deadline = deadline;
    }

    /**
     * Drops all objects that can be dropped. Waits for locks of other sessions until the deadline.
     *
     * @return the objects that are left in the schema: those that stay, those of other owners, and those that objects
     *     of another schema depend on
     * @throws SQLException if something cannot be dropped for another reason
     */
    List<SchemaObject> execute() throws SQLException {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        SQLException locked = dropAllOnce();
        while (locked != null) {
            if (!Backoff.sleep(backoff.next(), deadline)) {
                throw locked;
            }
            locked = dropAllOnce();
        }
        return ObjectCatalog.list(schema, false, connection);
    }

    // Null if nothing waits for another session.
    private @Nullable SQLException dropAllOnce() throws SQLException {
        SQLException locked = dropForeignKeys();
        boolean goesOn = true;
        while (goesOn) {
            goesOn = false;
            for (SchemaObject object : ObjectCatalog.list(schema, true, connection)) {
                try {
                    goesOn |= !stays.test(object) && !isLast(object) && objects.dropped(object);
                } catch (SQLException e) {
                    locked = lockedOrThrow(e);
                }
            }
        }
        return locked == null ? dropLast() : locked;
    }

    private @Nullable SQLException dropForeignKeys() throws SQLException {
        SQLException locked = null;
        for (String constraint : foreignKeys()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(constraint);
            } catch (SQLException e) {
                locked = lockedOrThrow(e);
            }
        }
        return locked;
    }

    private boolean isLast(SchemaObject object) {
        return ObjectCatalog.isTable(object) && object.identity().equals(last);
    }

    private @Nullable SQLException dropLast() throws SQLException {
        for (SchemaObject object : ObjectCatalog.list(schema, true, connection)) {
            try {
                if (isLast(object)) {
                    objects.dropped(object);
                }
            } catch (SQLException e) {
                return lockedOrThrow(e);
            }
        }
        return null;
    }

    private SQLException lockedOrThrow(SQLException failure) throws SQLException {
        if (failures.kind(failure).isConflict()) {
            return failure;
        }
        throw failure;
    }

    // Only foreign keys from or to a dropped table. All others stay.
    private List<String> foreignKeys() throws SQLException {
        Set<Long> dropped = droppedTables();
        try (PreparedStatement query = connection.prepareStatement(DropQueries.FOREIGN_KEYS)) {
            query.setString(1, schema);
            List<String> statements = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    if (dropped.contains(row.getLong(2)) || dropped.contains(row.getLong(3))) {
                        statements.add(row.getString(1));
                    }
                }
            }
            return statements;
        }
    }

    private Set<Long> droppedTables() throws SQLException {
        return ObjectCatalog.list(schema, true, connection).stream()
                .filter(object -> ObjectCatalog.isTable(object) && !stays.test(object))
                .map(SchemaObject::oid)
                .collect(Collectors.toSet());
    }
}
