package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RowDiscardedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The end of a changeset's transaction in one message: deferred constraints, the run's own settings, the row in the history, and the
 * commit. The server stops at the first statement that fails, and the transaction is rolled back.
 */
final class HistoryCommit {

    /** Appears in the server's error if a trigger or a policy has discarded the row. */
    private static final String DISCARDED = "cdk-liquibase: row discarded";

    /** The history stores a row where it is written, and says how many it has stored. */
    private static final String STORES_ROWS = """
            SELECT NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class h
                JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) h.relnamespace
              WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name AND h.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                AND (h.relkind OPERATOR(pg_catalog.<>) 'r' OR h.relhastriggers OR h.relhasrules OR h.relrowsecurity))
            """;

    private HistoryCommit() {}

    /** Whether a row can be written in this way. A history that does not exist yet will be a plain table. */
    static boolean isPossible(HistoryTables tables, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(STORES_ROWS)) {
            query.setString(1, tables.schema());
            query.setString(2, tables.history());
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /**
     * Sends the message.
     *
     * @param useOwn statement that sets the run's own role and settings for the transaction
     * @param notes statements that fail without consequence
     * @param rows statements that each write one row of the history
     * @return the search path after the commit, for which Liquibase would ask next
     */
    static String send(String useOwn, List<String> notes, List<String> rows, Connection connection)
            throws SQLException {
        StringBuilder message = new StringBuilder("SET CONSTRAINTS ALL IMMEDIATE;\n")
                .append(useOwn)
                .append(";\n");
        notes.forEach(note -> message.append(note).append(";\n"));
        rows.forEach(row -> message.append(guarded(row)).append(";\n"));
        message.append("COMMIT;\nSHOW search_path");
        try (Statement statement = connection.createStatement()) {
            // The text is complete: a question mark or a brace in it stands for itself.
            statement.setEscapeProcessing(false);
            statement.execute(message.toString());
            return lastValue(statement);
        } catch (SQLException e) {
            throw String.valueOf(e.getMessage()).contains(DISCARDED) ? new RowDiscardedException(e) : e;
        }
    }

    private static String lastValue(Statement executed) throws SQLException {
        String last = "";
        boolean isRows = true;
        do {
            try (ResultSet rows = executed.getResultSet()) {
                if (rows != null && rows.next()) {
                    last = rows.getString(1);
                }
            }
            isRows = executed.getMoreResults();
        } while (isRows || executed.getUpdateCount() != -1);
        return last;
    }

    // A changeset may have created a trigger. Where no row is stored, the text is read as a number, which fails.
    private static String guarded(String row) {
        return "WITH w AS (" + row + " RETURNING 1) SELECT (CASE WHEN EXISTS (SELECT 1 FROM w) THEN '1' ELSE '"
                + DISCARDED + "' END)::pg_catalog.int4";
    }
}
