package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/** Lists and drops the objects of a schema. */
public interface SchemaObjects {

    /** The objects of a schema, without members of extensions and without what goes with another object, such as an index. */
    List<SchemaObject> in(String schema, Connection connection) throws SQLException;

    /**
     * Drops what the user owns in a schema. The schema itself stays, and so do objects of other owners, what objects of other
     * schemas depend on, and what the caller keeps. Waits for what other sessions hold, until the deadline.
     *
     * @param connection with auto-commit on
     * @param stays tells which objects of the schema are not dropped, although the user owns them
     * @param last name of a table that is dropped when everything else is, if it is in the schema: a drop that was cut short can be
     *     repeated
     * @return what is left in the schema
     * @throws SQLException if something cannot be dropped for another reason
     */
    List<SchemaObject> drop(
            String schema, Predicate<SchemaObject> stays, String last, Connection connection, Deadline deadline)
            throws SQLException;
}
