package io.github.cdkliquibase.lambda.engine.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Optional;

/** Looks up schemas and their tables in the catalogs. */
public final class Schemas {

    private Schemas() {}

    /** Whether a schema exists. */
    public static boolean exists(String schema, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_namespace n"
                + " WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name")) {
            query.setString(1, schema);
            try (ResultSet found = query.executeQuery()) {
                return found.next();
            }
        }
    }

    /**
     * Puts a schema in front of the session's search path, without listing it twice. Liquibase would do so too, but
     * again after each rollback, and without the quotes that some names need.
     */
    public static void searchFirst(String schema, Connection connection) throws SQLException {
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

    /** A name with its schema, as a statement writes it. */
    public static String quoted(String schema, String name, Connection connection) throws SQLException {
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

    /** Whether a schema has a table of this name. The user needs no right on either. */
    public static boolean hasTable(String schema, String table, Connection connection) throws SQLException {
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

    /**
     * Counts how many of these columns a table has. The user needs no privilege on the table or its schema.
     *
     * @return 0 also if there is no such table
     */
    public static int columns(String schema, String table, Collection<String> names, Connection connection)
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

    /**
     * The schema in which the session creates objects without a schema in their name.
     *
     * @throws SQLException also if the search path names no existing schema
     */
    public static String current(Connection connection) throws SQLException {
        return found(connection).orElseThrow(() -> new SQLException("The search path names no existing schema"));
    }

    /** The same; empty if there is none. */
    public static Optional<String> found(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT pg_catalog.current_schema()")) {
            return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        }
    }

    /** Drops a table, if it is there. */
    public static void dropTable(String schema, String table, Connection connection) throws SQLException {
        String name = quoted(schema, table, connection);
        try (Statement drop = connection.createStatement()) {
            drop.execute("DROP TABLE IF EXISTS " + name);
        }
    }
}
