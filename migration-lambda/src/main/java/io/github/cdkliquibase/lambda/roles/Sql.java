package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.postgresql.core.Utils;

/** Asks the catalogs and runs statements, on one connection with auto-commit off. */
final class Sql {

    private final Connection connection;
    private final Failures failures;

    Sql(Connection connection, Failures failures) {
        this.connection = connection;
        this.failures = failures;
    }

    /** What the server said about a failure, with its SQLSTATE. */
    String describe(SQLException failure) {
        return failures.of(failure)
                .map(DatabaseMessage::withState)
                .orElse(failure.getClass().getSimpleName());
    }

    /** A name as an SQL identifier. */
    static String name(String name) {
        try {
            return Utils.escapeIdentifier(null, name).toString();
        } catch (SQLException e) {
            throw new IllegalArgumentException("A name holds the character 0", e);
        }
    }

    /** A text as an SQL literal. */
    static String literal(String text) {
        try {
            return "'" + Utils.escapeLiteral(null, text, true) + "'";
        } catch (SQLException e) {
            throw new IllegalArgumentException("A text holds the character 0", e);
        }
    }

    /**
     * The condition, to follow others, that an object is not a member of an extension, which grants privileges by
     * itself.
     */
    static String notOfAnExtension(String catalog, String alias) {
        return " AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '%s'::regclass AND e.objid = %s.oid AND e.deptype = 'e')"
                .formatted(catalog, alias);
    }

    /** Major version of the server. */
    int version() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion();
    }

    void run(String statement) throws SQLException {
        try (Statement runner = connection.createStatement()) {
            runner.execute(statement);
        }
    }

    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The rows of a query. A collection among the arguments is an array of texts. */
    <T> List<T> list(String query, Row<T> row, Object... arguments) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int index = 0; index < arguments.length; index++) {
                statement.setObject(
                        index + 1, arguments[index] instanceof Collection<?> texts ? array(texts) : arguments[index]);
            }
            try (ResultSet found = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (found.next()) {
                    rows.add(row.read(found));
                }
                return rows;
            }
        }
    }

    private Array array(Collection<?> texts) throws SQLException {
        return connection.createArrayOf("text", texts.toArray());
    }

    boolean isTrue(String query, Object... arguments) throws SQLException {
        return list(query, row -> row.getBoolean(1), arguments).contains(true);
    }
}
