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
import java.util.Map;
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

    /** dependent_objects_still_exist. */
    private static final String DEPENDENTS = "2BP01";

    private final Connection connection;
    private final String schema;
    private final Predicate<SchemaObject> stays;
    private final String last;
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
        SQLException locked = null;
        for (String constraint : foreignKeys()) {
            try {
                execute(constraint);
            } catch (SQLException e) {
                locked = lockedOrThrow(e);
            }
        }
        boolean goesOn = true;
        while (goesOn) {
            goesOn = false;
            for (SchemaObject object : ObjectCatalog.list(schema, true, connection)) {
                try {
                    goesOn |= !stays.test(object) && !isLast(object) && dropped(object);
                } catch (SQLException e) {
                    locked = lockedOrThrow(e);
                }
            }
        }
        return locked == null ? dropLast() : locked;
    }

    private boolean isLast(SchemaObject object) {
        return ObjectCatalog.isTable(object) && object.identity().equals(last);
    }

    private @Nullable SQLException dropLast() throws SQLException {
        for (SchemaObject object : ObjectCatalog.list(schema, true, connection)) {
            try {
                if (isLast(object)) {
                    dropped(object);
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

    private boolean dropped(SchemaObject object) throws SQLException {
        try {
            if (ObjectCatalog.isTable(object)) {
                part(object);
            }
            execute(ObjectCatalog.drop(object));
            return true;
        } catch (SQLException e) {
            if (!DEPENDENTS.equals(e.getSQLState())) {
                throw e;
            }
            return droppedInACircle(object);
        }
    }

    // A partition or a sequence from before may now belong to a table.
    private void part(SchemaObject table) throws SQLException {
        for (Map.Entry<SchemaObject, String> each :
                ObjectCatalog.companions(table, connection).entrySet()) {
            if (stays.test(each.getKey())) {
                execute(each.getValue());
            }
        }
    }

    // Objects of the schema that depend on each other are dropped together, unless the drop would include objects of
    // another schema or owner.
    private boolean droppedInACircle(SchemaObject object) throws SQLException {
        connection.setAutoCommit(false);
        try {
            Set<SchemaObject> staying = staying();
            List<Long> before = ofOthers(staying);
            execute(ObjectCatalog.drop(object) + " CASCADE");
            boolean isInside = staying().equals(staying) && ofOthers(staying).equals(before);
            if (isInside) {
                connection.commit();
            } else {
                connection.rollback();
            }
            return isInside;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Set<SchemaObject> staying() throws SQLException {
        return ObjectCatalog.list(schema, false, connection).stream()
                .filter(stays)
                .collect(Collectors.toSet());
    }

    // Only foreign keys from or to a dropped table. All others stay.
    private List<String> foreignKeys() throws SQLException {
        Set<Long> dropped = ObjectCatalog.list(schema, true, connection).stream()
                .filter(object -> ObjectCatalog.isTable(object) && !stays.test(object))
                .map(SchemaObject::oid)
                .collect(Collectors.toSet());
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

    private List<Long> ofOthers(Set<SchemaObject> staying) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(DropQueries.OF_OTHERS)) {
            query.setString(1, schema);
            query.setArray(
                    2,
                    connection.createArrayOf(
                            "oid", staying.stream().map(SchemaObject::oid).toArray()));
            query.setString(3, schema);
            List<Long> counts = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                row.next();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    counts.add(row.getLong(column));
                }
            }
            return counts;
        }
    }
}
