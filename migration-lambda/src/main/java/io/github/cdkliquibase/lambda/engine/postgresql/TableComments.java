package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Catalog;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Comments on tables. Every user can read them; the owner of a table can set its own. */
final class TableComments {

    private static final String COMMENTS = """
            SELECT n.nspname, c.relname, d.description FROM pg_catalog.pg_description d
              JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.objoid
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
              AND d.objsubid OPERATOR(pg_catalog.=) 0 AND c.relkind IN ('r', 'p')
              AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
              AND pg_catalog.starts_with(d.description, ?::pg_catalog.text)
              AND (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
                WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND NOT a.attisdropped
                  AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[]))
                OPERATOR(pg_catalog.=) pg_catalog.cardinality(?::pg_catalog.text[])
            """;

    private TableComments() {}

    /** Sets the comment of a table, in the transaction that is open. */
    static void set(String schema, String table, String text, Connection connection) throws SQLException {
        try (PreparedStatement quote = connection.prepareStatement(
                "SELECT pg_catalog.format('COMMENT ON TABLE %I.%I IS %L', ?::pg_catalog.text, ?::pg_catalog.text, ?::pg_catalog.text)")) {
            quote.setString(1, schema);
            quote.setString(2, table);
            quote.setString(3, text);
            try (ResultSet row = quote.executeQuery();
                    Statement comment = connection.createStatement()) {
                row.next();
                comment.execute(row.getString(1));
            }
        }
    }

    /**
     * All comments that start in this way on tables with certain columns. Temporary tables do not count.
     */
    static Map<Catalog.Table, String> startingWith(String prefix, Collection<String> columns, Connection connection)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COMMENTS)) {
            query.setString(1, prefix);
            Array wanted = connection.createArrayOf("text", columns.toArray());
            query.setArray(2, wanted);
            query.setArray(3, wanted);
            Map<Catalog.Table, String> found = new HashMap<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.put(new Catalog.Table(row.getString(1), row.getString(2)), row.getString(3));
                }
            }
            return found;
        }
    }
}
