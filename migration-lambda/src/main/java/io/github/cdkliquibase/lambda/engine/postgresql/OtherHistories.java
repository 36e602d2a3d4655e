package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.HistoryElsewhere;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Finds histories at other places of the database than a run expects. */
final class OtherHistories {

    private static final String TABLES = """
            SELECT n.nspname, c.relname, pg_catalog.format('%I.%I', n.nspname, c.relname),
              pg_catalog.quote_ident(i.attname::pg_catalog.text), pg_catalog.quote_ident(a.attname::pg_catalog.text),
              pg_catalog.quote_ident(f.attname::pg_catalog.text)
            FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
              JOIN pg_catalog.pg_roles o ON o.oid OPERATOR(pg_catalog.=) c.relowner
              JOIN pg_catalog.pg_roles s ON s.oid OPERATOR(pg_catalog.=) n.nspowner
              JOIN pg_catalog.pg_database d ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
              JOIN pg_catalog.pg_attribute i ON i.attrelid OPERATOR(pg_catalog.=) c.oid
                AND pg_catalog.lower(i.attname::pg_catalog.text) OPERATOR(pg_catalog.=) 'id' AND NOT i.attisdropped
              JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                AND pg_catalog.lower(a.attname::pg_catalog.text) OPERATOR(pg_catalog.=) 'author' AND NOT a.attisdropped
              JOIN pg_catalog.pg_attribute f ON f.attrelid OPERATOR(pg_catalog.=) c.oid
                AND pg_catalog.lower(f.attname::pg_catalog.text) OPERATOR(pg_catalog.=) 'filename' AND NOT f.attisdropped
            WHERE pg_catalog.lower(c.relname::pg_catalog.text) OPERATOR(pg_catalog.=) pg_catalog.lower(?::pg_catalog.text)
              AND NOT (n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name AND c.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name)
              AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog."char"[])
              AND NOT c.relrowsecurity
              AND (pg_catalog.pg_has_role(o.oid, 'USAGE') OR o.rolsuper OR o.oid OPERATOR(pg_catalog.=) d.datdba)
              AND (pg_catalog.pg_has_role(s.oid, 'USAGE') OR s.rolsuper OR s.oid OPERATOR(pg_catalog.=) d.datdba
                OR s.rolname OPERATOR(pg_catalog.=) 'pg_database_owner'::pg_catalog.name)
              AND ARRAY[i.atttypid, a.atttypid, f.atttypid] OPERATOR(pg_catalog.<@) ARRAY[
                'pg_catalog.text'::pg_catalog.regtype::pg_catalog.oid,
                'pg_catalog.varchar'::pg_catalog.regtype::pg_catalog.oid,
                'pg_catalog.bpchar'::pg_catalog.regtype::pg_catalog.oid,
                'pg_catalog.name'::pg_catalog.regtype::pg_catalog.oid]
              AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
              AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            ORDER BY n.nspname, c.relname
            """;

    private OtherHistories() {}

    /**
     * Reads only tables that a trusted role owns, in a schema that a trusted role owns. Trusted roles are the user, roles
     * whose privileges the user has, superusers, and the owner of the database. A policy or a custom column type of another
     * owner could execute that owner's code with the user's privileges.
     */
    static List<HistoryElsewhere> find(
            HistoryTables expected, List<HistoryElsewhere.Row> changesets, Connection connection) throws SQLException {
        List<HistoryElsewhere> found = new ArrayList<>();
        for (Table table : tables(expected, connection)) {
            found.add(compared(table, changesets, connection));
        }
        return found;
    }

    private record Table(String schema, String name, String quoted, String id, String author, String file) {}

    // A tool that quotes its names may have created it in capitals.
    private static List<Table> tables(HistoryTables expected, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TABLES)) {
            query.setString(1, expected.history());
            query.setString(2, expected.schema());
            query.setString(3, expected.history());
            List<Table> tables = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    tables.add(new Table(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getString(6)));
                }
            }
            return tables;
        }
    }

    private static HistoryElsewhere compared(Table table, List<HistoryElsewhere.Row> changesets, Connection connection)
            throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("""
            SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE EXISTS (
              SELECT 1 FROM ROWS FROM (pg_catalog.unnest(?::pg_catalog.text[]), pg_catalog.unnest(?::pg_catalog.text[]), pg_catalog.unnest(?::pg_catalog.text[])) w (id, author, filename)
              WHERE w.id OPERATOR(pg_catalog.=) h.%s::pg_catalog.text
                AND w.author OPERATOR(pg_catalog.=) h.%s::pg_catalog.text
                AND w.filename OPERATOR(pg_catalog.=) pg_catalog.regexp_replace(h.%s::pg_catalog.text, '^classpath:', '')))
            FROM %s h
            """.formatted(table.id(), table.author(), table.file(), table.quoted()))) {
            query.setArray(
                    1, texts(changesets.stream().map(HistoryElsewhere.Row::id).toList(), connection));
            query.setArray(
                    2,
                    texts(changesets.stream().map(HistoryElsewhere.Row::author).toList(), connection));
            query.setArray(
                    3, texts(changesets.stream().map(HistoryElsewhere.Row::file).toList(), connection));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new HistoryElsewhere(table.schema(), table.name(), row.getInt(2), row.getInt(1));
            }
        }
    }

    private static Array texts(List<String> values, Connection connection) throws SQLException {
        return connection.createArrayOf("text", values.toArray());
    }
}
