package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.SchemaObject;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Drops single objects of a schema, without those that stay. */
final class ObjectDrop {

    /** dependent_objects_still_exist. */
    private static final String DEPENDENTS = "2BP01";

    private final Connection connection;
    private final String schema;
    private final Predicate<SchemaObject> stays;

    /**
     * Creates a drop; nothing is dropped yet.
     *
     * @param connection with auto-commit on
     * @param stays tells which objects of the schema are not dropped
     */
    ObjectDrop(Connection connection, String schema, Predicate<SchemaObject> stays) {
        this.connection = connection;
        this.schema = schema;
        this.stays = stays;
    }

    /**
     * Drops an object, with the objects of the schema that depend on it if they depend on each other.
     *
     * @return false if an object that is not dropped depends on it
     */
    boolean dropped(SchemaObject object) throws SQLException {
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

    private List<Long> ofOthers(Set<SchemaObject> staying) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(DropQueries.OF_OTHERS)) {
            query.setString(1, schema);
            query.setArray(2, oids(staying));
            query.setString(3, schema);
            try (ResultSet row = query.executeQuery()) {
                return counts(row);
            }
        }
    }

    private Array oids(Set<SchemaObject> objects) throws SQLException {
        return connection.createArrayOf(
                "oid", objects.stream().map(SchemaObject::oid).toArray());
    }

    private static List<Long> counts(ResultSet row) throws SQLException {
        List<Long> counts = new ArrayList<>();
        row.next();
        for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
            counts.add(row.getLong(column));
        }
        return counts;
    }
}
