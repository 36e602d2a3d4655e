package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset.Origin;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset.Session;
import io.github.cdkliquibase.lambda.engine.UnfinishedTable;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The table of unfinished changesets, with arrays. */
final class PostgresqlUnfinishedTable implements UnfinishedTable {

    private static final String COLUMNS = "changeset, changelog, resource, history_row, done, digest, running,"
            + " index_schema, index_table, index_name, indexes_before, session_role, session_settings, session_left,"
            + " touched_database, whole";

    private final HistoryTables tables;
    private final String table;
    private final Catalog catalog;
    private final Connection connection;

    PostgresqlUnfinishedTable(HistoryTables tables, String table, Catalog catalog, Connection connection) {
        this.tables = tables;
        this.table = table;
        this.catalog = catalog;
        this.connection = connection;
    }

    @Override
    public String name() {
        return table;
    }

    @Override
    public boolean exists() throws SQLException {
        return catalog.hasTable(tables.schema(), tables.unfinished(), connection);
    }

    @Override
    public void create() throws SQLException {
        try (Statement create = connection.createStatement()) {
            create.execute("CREATE TABLE " + table + " (changeset pg_catalog.text PRIMARY KEY,"
                    + " changelog pg_catalog.text NOT NULL, resource pg_catalog.text NOT NULL,"
                    + " history_row pg_catalog.text NOT NULL, done pg_catalog.int4 NOT NULL, digest pg_catalog.text NOT NULL,"
                    + " running pg_catalog.text NOT NULL, index_schema pg_catalog.text NOT NULL,"
                    + " index_table pg_catalog.text NOT NULL, index_name pg_catalog.text NOT NULL,"
                    + " indexes_before pg_catalog.int8[] NOT NULL, session_role pg_catalog.text NOT NULL,"
                    + " session_settings pg_catalog.text[] NOT NULL, session_left pg_catalog.text[] NOT NULL,"
                    + " touched_database pg_catalog.bool NOT NULL, whole pg_catalog.bool NOT NULL)");
        }
    }

    @Override
    public List<UnfinishedChangeset> rows() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT " + COLUMNS + " FROM " + table)) {
            List<UnfinishedChangeset> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(entry(row));
            }
            return rows;
        }
    }

    private static UnfinishedChangeset entry(ResultSet row) throws SQLException {
        Optional<IndexBuild> index = row.getString("index_table").isEmpty()
                ? Optional.empty()
                : Optional.of(new IndexBuild(
                        row.getString("index_schema"),
                        row.getString("index_table"),
                        row.getString("index_name"),
                        Arrays.stream((Object[]) row.getArray("indexes_before").getArray())
                                .map(Long.class::cast)
                                .toList()));
        Map<String, String> settings = texts(row.getArray("session_settings")).stream()
                .collect(Collectors.toMap(
                        each -> each.substring(0, each.indexOf('=')), each -> each.substring(each.indexOf('=') + 1)));
        return new UnfinishedChangeset(
                row.getString("changeset"),
                new Origin(row.getString("changelog"), row.getString("resource")),
                row.getString("history_row"),
                row.getInt("done"),
                row.getString("digest"),
                row.getString("running"),
                index,
                new Session(row.getString("session_role"), settings, Set.copyOf(texts(row.getArray("session_left")))),
                row.getBoolean("touched_database"),
                row.getBoolean("whole"));
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.stream((Object[]) array.getArray())
                .map(String.class::cast)
                .toList();
    }

    @Override
    public void write(UnfinishedChangeset now) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO " + table + " AS u (" + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (changeset) DO UPDATE SET"
                + " changelog = excluded.changelog, resource = excluded.resource, history_row = excluded.history_row,"
                + " done = excluded.done, digest = excluded.digest, running = excluded.running,"
                + " index_schema = excluded.index_schema, index_table = excluded.index_table,"
                + " index_name = excluded.index_name, indexes_before = excluded.indexes_before,"
                + " session_role = excluded.session_role, session_settings = excluded.session_settings,"
                + " session_left = excluded.session_left, touched_database = excluded.touched_database,"
                + " whole = excluded.whole")) {
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
                    connection.createArrayOf(
                            "int8",
                            now.index()
                                    .map(IndexBuild::before)
                                    .orElse(List.of())
                                    .toArray()));
            row.setString(12, now.session().role());
            row.setArray(
                    13, connection.createArrayOf("text", now.settingsAsList().toArray()));
            row.setArray(
                    14, connection.createArrayOf("text", now.session().left().toArray()));
            row.setBoolean(15, now.touchedDatabase());
            row.setBoolean(16, now.whole());
            row.executeUpdate();
        }
    }

    @Override
    public void delete(String changeset) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM " + table + " WHERE changeset OPERATOR(pg_catalog.=) ?::pg_catalog.text")) {
            delete.setString(1, changeset);
            delete.executeUpdate();
        }
    }

    @Override
    public void drop() throws SQLException {
        try (Statement drop = connection.createStatement()) {
            drop.execute("DROP TABLE " + table);
        }
    }
}
