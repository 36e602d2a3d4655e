package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.engine.SchemaObject;
import io.github.cdkliquibase.lambda.engine.SchemaObjects;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/** Lists and drops the objects of a schema. */
final class PostgresqlObjects implements SchemaObjects {

    private final Failures failures;

    PostgresqlObjects(Failures failures) {
        this.failures = failures;
    }

    @Override
    public List<SchemaObject> in(String schema, Connection connection) throws SQLException {
        return ObjectCatalog.list(schema, false, connection);
    }

    @Override
    public List<SchemaObject> drop(
            String schema, Predicate<SchemaObject> stays, String last, Connection connection, Deadline deadline)
            throws SQLException {
        return new SchemaDrop(connection, schema, stays, last, failures, deadline).execute();
    }
}
