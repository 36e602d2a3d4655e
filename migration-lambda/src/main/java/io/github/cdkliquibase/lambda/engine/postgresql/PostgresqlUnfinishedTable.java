package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.engine.UnfinishedTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The table of unfinished changesets, with arrays. */
final class PostgresqlUnfinishedTable implements UnfinishedTable {

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
                ResultSet row = query.executeQuery("SELECT " + UnfinishedRow.COLUMNS + " FROM " + table)) {
            List<UnfinishedChangeset> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(UnfinishedRow.read(row));
            }
            return rows;
        }
    }

    @Override
    public void write(UnfinishedChangeset now) throws SQLException {
        try (PreparedStatement row =
                connection.prepareStatement("INSERT INTO " + table + " AS u (" + UnfinishedRow.COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (changeset) DO UPDATE SET"
                        + " changelog = excluded.changelog, resource = excluded.resource, history_row = excluded.history_row,"
                        + " done = excluded.done, digest = excluded.digest, running = excluded.running,"
                        + " index_schema = excluded.index_schema, index_table = excluded.index_table,"
                        + " index_name = excluded.index_name, indexes_before = excluded.indexes_before,"
                        + " session_role = excluded.session_role, session_settings = excluded.session_settings,"
                        + " session_left = excluded.session_left, touched_database = excluded.touched_database,"
                        + " whole = excluded.whole")) {
            UnfinishedRow.set(row, now);
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
