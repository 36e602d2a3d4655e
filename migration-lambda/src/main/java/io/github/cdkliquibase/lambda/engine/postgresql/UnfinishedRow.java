package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset.Origin;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset.Session;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A row of the table of unfinished changesets. */
final class UnfinishedRow {

    static final String COLUMNS = "changeset, changelog, resource, history_row, done, digest, running,"
            + " index_schema, index_table, index_name, indexes_before, session_role, session_settings, session_left,"
            + " touched_database, whole";

    private UnfinishedRow() {}

    static UnfinishedChangeset read(ResultSet row) throws SQLException {
        return new UnfinishedChangeset(
                row.getString("changeset"),
                new Origin(row.getString("changelog"), row.getString("resource")),
                row.getString("history_row"),
                row.getInt("done"),
                row.getString("digest"),
                row.getString("running"),
                index(row),
                new Session(
                        row.getString("session_role"), settings(row), Set.copyOf(texts(row.getArray("session_left")))),
                row.getBoolean("touched_database"),
                row.getBoolean("whole"));
    }

    private static Optional<IndexBuild> index(ResultSet row) throws SQLException {
        return row.getString("index_table").isEmpty()
                ? Optional.empty()
                : Optional.of(new IndexBuild(
                        row.getString("index_schema"),
                        row.getString("index_table"),
                        row.getString("index_name"),
                        Arrays.stream((Object[]) row.getArray("indexes_before").getArray())
                                .map(Long.class::cast)
                                .toList()));
    }

    private static Map<String, String> settings(ResultSet row) throws SQLException {
        return texts(row.getArray("session_settings")).stream()
                .collect(Collectors.toMap(
                        each -> each.substring(0, each.indexOf('=')), each -> each.substring(each.indexOf('=') + 1)));
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.stream((Object[]) array.getArray())
                .map(String.class::cast)
                .toList();
    }

    /** Sets the parameters of a statement, in the order of {@link #COLUMNS}. */
    static void set(PreparedStatement row, UnfinishedChangeset now) throws SQLException {
        row.setString(1, now.name());
        row.setString(2, now.origin().changelog());
        row.setString(3, now.origin().resource());
        row.setString(4, now.historyRow());
        row.setInt(5, now.done());
        row.setString(6, now.digest());
        row.setString(7, now.running());
        row.setString(8, now.index().map(IndexBuild::schema).orElse(""));
        row.setString(9, now.index().map(IndexBuild::table).orElse(""));
        row.setString(10, now.index().map(IndexBuild::name).orElse(""));
        row.setArray(
                11,
                row.getConnection()
                        .createArrayOf(
                                "int8",
                                now.index()
                                        .map(IndexBuild::before)
                                        .orElse(List.of())
                                        .toArray()));
        row.setString(12, now.session().role());
        row.setArray(
                13,
                row.getConnection().createArrayOf("text", now.settingsAsList().toArray()));
        row.setArray(
                14,
                row.getConnection().createArrayOf("text", now.session().left().toArray()));
        row.setBoolean(15, now.touchedDatabase());
        row.setBoolean(16, now.whole());
    }
}
