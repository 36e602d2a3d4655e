package io.github.cdkliquibase.lambda.changelog.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The rows of a changeset's query, which nothing reads. Still all of them are fetched, in pieces: the server executes a query only
 * as far as its rows are fetched, and a function in it may change data. Outside a transaction the driver fetches all rows at once.
 */
final class UnreadRows {

    /** Number of rows that are in memory at a time. */
    private static final int ROWS_AT_ONCE = 1_000;

    private UnreadRows() {}

    /** Executes a query, and fetches its rows. */
    static void fetch(Statement query, String sql) throws SQLException {
        query.setFetchSize(ROWS_AT_ONCE);
        if (query.execute(sql)) {
            try (ResultSet rows = query.getResultSet()) {
                boolean hasMore = rows.next();
                while (hasMore) {
                    hasMore = rows.next();
                }
            }
        }
    }
}
