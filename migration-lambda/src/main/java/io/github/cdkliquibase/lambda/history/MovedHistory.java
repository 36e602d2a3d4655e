package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.HistoryElsewhere;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A history of a changelog at another place than the run expects: the search path of the user has changed, or a tool
 * has created the table in capitals.
 */
public final class MovedHistory {

    private MovedHistory() {}

    /**
     * Searches all schemas that the user can read for such a history. The history of another changelog may share some
     * names, and one table may serve several changelogs, so more than half of the smaller of the two must match.
     *
     * @param expected the expected place, which has no history
     * @param changesets of the changelog
     */
    public static Optional<HistoryElsewhere> find(
            HistoryTables expected, List<HistoryElsewhere.Row> changesets, Catalog catalog, Connection connection)
            throws SQLException {
        return catalog.otherHistories(expected, changesets, connection).stream()
                .filter(other -> other.known() * 2 > Math.min(other.rows(), changesets.size()))
                .findFirst();
    }
}
