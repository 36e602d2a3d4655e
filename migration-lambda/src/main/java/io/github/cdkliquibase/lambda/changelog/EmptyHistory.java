package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangelogPath;
import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.HistoryElsewhere;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.MovedHistory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Checks a history that shows no changeset of a changelog. If the real history is elsewhere, or hidden, every changeset
 * would run again.
 */
final class EmptyHistory {

    private final Changelog changelog;
    private final HistoryTables expected;
    private final Catalog catalog;
    private final Connection connection;

    EmptyHistory(Changelog changelog, HistoryTables expected, Catalog catalog, Connection connection) {
        this.catalog = catalog;
        this.changelog = changelog;
        this.expected = expected;
        this.connection = connection;
    }

    /**
     * Refuses the run if an earlier deploy has a history elsewhere.
     *
     * @param parsed the changelog as it was read
     * @param state of the history's tables
     * @param showsOthers whether the history shows changesets of other changelogs
     * @throws MigrationException if it is refused; the message says where the history is, or why it is hidden
     */
    void refuseSecondBeginning(ParsedChangelog parsed, HistoryState state, boolean showsOthers) throws SQLException {
        if (state.hidesRows()) {
            throw hidden(showsOthers);
        }
        if (changelog.defaultSchema() != null || changelog.history().schema() != null) {
            return;
        }
        requireSchema();
        Optional<HistoryElsewhere> moved = MovedHistory.find(expected, rows(parsed), catalog, connection);
        if (moved.isPresent()) {
            throw refusal(moved.get(), parsed.all().size(), state, showsOthers);
        }
    }

    // A policy may show each service its own rows, or only rows of others.
    private MigrationException hidden(boolean showsOthers) {
        return new MigrationException(
                "Table %s in schema %s has row-level security, so the user of this function sees %s. Nothing was run. %s, and deploy again"
                        .formatted(
                                Text.quote(expected.history()),
                                Text.quote(expected.schema()),
                                showsOthers ? "changesets, but none of this changelog" : "no changeset",
                                showsOthers
                                        ? "Make the user the owner of the table, or give it the attribute BYPASSRLS"
                                        : "Give the user a policy that shows all rows, or make it the owner of the table"));
    }

    private void requireSchema() throws SQLException {
        Optional<String> schema = catalog.currentSchema(connection);
        if (schema.isEmpty()) {
            throw new MigrationException(
                    "The search path of the user names no existing schema. Nothing was run. Set the property 'DefaultSchema', or give the user a search path, and deploy again");
        }
        if (catalog.isOfTheServer(schema.get())) {
            throw new MigrationException(
                    "The search path of the user selects schema %s, which is PostgreSQL's own. Nothing was run. Set the property 'DefaultSchema', or give the user another search path, and deploy again"
                            .formatted(Text.quote(schema.get())));
        }
    }

    private static List<HistoryElsewhere.Row> rows(ParsedChangelog parsed) {
        return parsed.all().stream()
                .map(each -> new HistoryElsewhere.Row(
                        each.getId(), each.getAuthor(), ChangelogPath.normal(each.getFilePath())))
                .toList();
    }

    private MigrationException refusal(
            HistoryElsewhere moved, int changesets, HistoryState state, boolean showsOthers) {
        String compared = moved.rows() > changesets
                ? "%d of the changelog's %d changesets are in that history".formatted(moved.known(), changesets)
                : "%d of its %d changesets are in the changelog".formatted(moved.known(), moved.rows());
        return moved.schema().equals(expected.schema())
                ? inTheSameSchema(moved, compared, state)
                : inAnotherSchema(moved, compared, state, showsOthers);
    }

    private MigrationException inTheSameSchema(HistoryElsewhere moved, String compared, HistoryState state) {
        return new MigrationException(
                "Schema %s has a history of this changelog in table %s: %s. Liquibase reads table %s%s. Nothing was run. %s, and deploy again"
                        .formatted(
                                Text.quote(moved.schema()),
                                Text.quote(moved.table()),
                                compared,
                                Text.quote(expected.history()),
                                state.columns() > 0 ? ", which has none of them" : "",
                                state.columns() > 0
                                        ? "Copy their rows to that table"
                                        : "Rename the table and its columns to lower case"));
    }

    private MigrationException inAnotherSchema(
            HistoryElsewhere moved, String compared, HistoryState state, boolean showsOthers) {
        return new MigrationException(
                "The search path of the user selects schema %s, %s, but schema %s has a history of this changelog: %s. Nothing was run. Set the property 'DefaultSchema' to %s to continue that history, or to %s to start %s there"
                        .formatted(
                                Text.quote(expected.schema()),
                                found(state, showsOthers),
                                Text.quote(moved.schema()),
                                compared,
                                Text.quote(moved.schema()),
                                Text.quote(expected.schema()),
                                showsOthers ? "with the first changeset" : "a new one"));
    }

    private static String found(HistoryState state, boolean showsOthers) {
        if (showsOthers) {
            return "whose history has no changeset of this changelog";
        }
        return state.columns() > 0 ? "whose history is empty" : "which has no history";
    }
}
