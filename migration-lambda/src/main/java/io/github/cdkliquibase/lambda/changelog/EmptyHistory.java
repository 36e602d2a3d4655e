package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.engine.postgresql.Schemas;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.HistoryState;
import io.github.cdkliquibase.lambda.history.HistoryTables;
import io.github.cdkliquibase.lambda.history.MovedHistory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import liquibase.changelog.DatabaseChangeLog;

/**
 * Looks whether a history that shows no changeset is that of a first deploy. If it is elsewhere, or hidden, every changeset
 * would run once more.
 */
final class EmptyHistory {

    private final Changelog changelog;
    private final HistoryTables expected;
    private final Connection connection;

    EmptyHistory(Changelog changelog, HistoryTables expected, Connection connection) {
        this.changelog = changelog;
        this.expected = expected;
        this.connection = connection;
    }

    /**
     * Refuses to begin where an earlier deploy has been.
     *
     * @param parsed the changelog as it was read
     * @param state of the history's tables
     * @throws MigrationException that says where the history is, or why it shows nothing
     */
    void refuseSecondBeginning(ParsedChangelog parsed, HistoryState state) throws SQLException {
        if (state.hidesRows()) {
            throw new MigrationException(
                    "Table %s in schema %s has row-level security and shows the user of this function no changeset. Nothing was run. Give the user a policy that shows all rows, or make it the owner of the table, and deploy again"
                            .formatted(Text.quote(expected.history()), Text.quote(expected.schema())));
        }
        if (changelog.defaultSchema() != null || changelog.history().schema() != null) {
            return;
        }
        requireSchema();
        Optional<MovedHistory> moved = MovedHistory.find(expected, rows(parsed), connection);
        if (moved.isPresent()) {
            throw refusal(moved.get());
        }
    }

    private void requireSchema() throws SQLException {
        Optional<String> schema = Schemas.found(connection);
        if (schema.isEmpty()) {
            throw new MigrationException(
                    "The search path of the user leads to no schema. Nothing was run. Set the property 'DefaultSchema', or give the user a search path, and deploy again");
        }
        if (schema.get().startsWith("pg_")) {
            throw new MigrationException(
                    "The search path of the user leads to schema %s, which is PostgreSQL's own. Nothing was run. Set the property 'DefaultSchema', or give the user another search path, and deploy again"
                            .formatted(Text.quote(schema.get())));
        }
    }

    private static List<MovedHistory.Row> rows(ParsedChangelog parsed) {
        return parsed.all().stream()
                .map(each -> new MovedHistory.Row(
                        each.getId(), each.getAuthor(), DatabaseChangeLog.normalizePath(each.getFilePath())))
                .toList();
    }

    private MigrationException refusal(MovedHistory moved) {
        String compared = "%d of its %d changesets are in it".formatted(moved.known(), moved.rows());
        if (moved.schema().equals(expected.schema())) {
            return new MigrationException(
                    "Schema %s has a history of this changelog in table %s: %s. Liquibase reads table %s. Nothing was run. Rename the table and its columns to small letters, and deploy again"
                            .formatted(
                                    Text.quote(moved.schema()),
                                    Text.quote(moved.table()),
                                    compared,
                                    Text.quote(expected.history())));
        }
        return new MigrationException(
                "The search path of the user leads to schema %s, which has no history, but schema %s has one of this changelog: %s. Nothing was run. Set the property 'DefaultSchema' to %s to go on with that history, or to %s to begin another one there"
                        .formatted(
                                Text.quote(expected.schema()),
                                Text.quote(moved.schema()),
                                compared,
                                Text.quote(moved.schema()),
                                Text.quote(expected.schema())));
    }
}
