package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.HistoryElsewhere;
import io.github.cdkliquibase.lambda.engine.HistoryGlance;
import io.github.cdkliquibase.lambda.engine.HistoryNames;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.UnfinishedTable;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postgresql.core.Utils;

/** Asks the catalogs of PostgreSQL, each function and operator of which is named with its schema. */
final class PostgresqlCatalog implements Catalog {

    @Override
    public boolean hasSchema(String schema, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_namespace n"
                + " WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name")) {
            query.setString(1, schema);
            try (ResultSet found = query.executeQuery()) {
                return found.next();
            }
        }
    }

    @Override
    public void searchFirst(String schema, Connection connection) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement("""
                SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ',
                  pg_catalog.quote_ident(?::pg_catalog.text),
                  (SELECT pg_catalog.string_agg(x.part, ', ' ORDER BY x.place)
                   FROM (SELECT pg_catalog.btrim(p.part) AS part, p.place
                     FROM pg_catalog.regexp_split_to_table(pg_catalog.current_setting('search_path'),
                       ',(?=(?:[^"]*"[^"]*")*[^"]*$)') WITH ORDINALITY p (part, place)) x
                   WHERE NOT x.part OPERATOR(pg_catalog.=) ANY (ARRAY['', '""', ?::pg_catalog.text,
                     pg_catalog.quote_ident(?::pg_catalog.text)]))), false)
                """)) {
            set.setString(1, schema);
            set.setString(2, schema);
            set.setString(3, schema);
            set.execute();
        }
    }

    @Override
    public String quoted(String schema, String name, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT pg_catalog.format('%I.%I', ?::pg_catalog.text, ?::pg_catalog.text)")) {
            query.setString(1, schema);
            query.setString(2, name);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Override
    public boolean hasTable(String schema, String table, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT 1 FROM pg_catalog.pg_class c
                  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                  AND c.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                """)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    @Override
    public int columns(String schema, String table, Collection<String> names, Connection connection)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
                  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
                  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                  AND c.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                  AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
                  AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[])
                """)) {
            query.setString(1, schema);
            query.setString(2, table);
            query.setArray(3, connection.createArrayOf("text", names.toArray()));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Override
    public Optional<String> currentSchema(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT pg_catalog.current_schema()")) {
            return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        }
    }

    @Override
    public void dropTable(String schema, String table, Connection connection) throws SQLException {
        String name = quoted(schema, table, connection);
        try (Statement drop = connection.createStatement()) {
            drop.execute("DROP TABLE IF EXISTS " + name);
        }
    }

    @Override
    public String countOfRows(String table) {
        return "SELECT pg_catalog.count(*) FROM " + table;
    }

    @Override
    public String countOfChangeset(String table) {
        return countOfRows(table)
                + " WHERE id OPERATOR(pg_catalog.=) ? AND author OPERATOR(pg_catalog.=) ? AND filename OPERATOR(pg_catalog.=) ?";
    }

    @Override
    public boolean isOfTheServer(String schema) {
        return schema.startsWith("pg_");
    }

    @Override
    public HistoryState history(HistoryTables tables, Connection connection) throws SQLException {
        return HistoryCatalog.state(tables, connection);
    }

    @Override
    public Optional<HistoryGlance> glance(HistoryNames names, Connection connection) throws SQLException {
        return HistoryCatalog.glance(names, connection);
    }

    @Override
    public Optional<HistoryGlance.SameDeploy> sameDeploy(HistoryGlance glance, Deploy deploy, Connection connection)
            throws SQLException {
        HistoryTables tables = glance.tables();
        return DeployRows.same(
                quoted(tables.schema(), tables.history()),
                quoted(tables.schema(), tables.deploys()),
                glance.state().deploys(),
                deploy,
                connection);
    }

    @Override
    public DeployTable deploys(HistoryTables tables, Connection connection) throws SQLException {
        return new PostgresqlDeployTable(
                tables.deploys(),
                quoted(tables.schema(), tables.deploys()),
                quoted(tables.schema(), tables.history()),
                connection);
    }

    @Override
    public WaysBack waysBack(HistoryTables tables, Connection connection) throws SQLException {
        return new PostgresqlWaysBack(
                tables,
                quoted(tables.schema(), tables.waysBack()),
                quoted(tables.schema(), tables.deploys()),
                quoted(tables.schema(), tables.history()),
                connection);
    }

    @Override
    public List<HistoryElsewhere> otherHistories(
            HistoryTables expected, List<HistoryElsewhere.Row> changesets, Connection connection) throws SQLException {
        return OtherHistories.find(expected, changesets, connection);
    }

    @Override
    public void comment(String schema, String table, String text, Connection connection) throws SQLException {
        TableComments.set(schema, table, text, connection);
    }

    @Override
    public Map<Table, String> comments(String prefix, Collection<String> columns, Connection connection)
            throws SQLException {
        return TableComments.startingWith(prefix, columns, connection);
    }

    @Override
    public UnfinishedTable unfinished(HistoryTables tables, Connection connection) throws SQLException {
        String name = quoted(tables.schema(), tables.unfinished(), connection);
        return new PostgresqlUnfinishedTable(tables, name, this, connection);
    }

    private static String quoted(String schema, String name) throws SQLException {
        return Utils.escapeIdentifier(null, schema) + "." + Utils.escapeIdentifier(null, name);
    }
}
