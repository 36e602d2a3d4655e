package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.IndexBuild;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Asks the server's catalogs for indexes that are built concurrently. */
final class IndexCatalog {

    private static final String TABLE_OF = """
            SELECT n.nspname, t.relname,
              ARRAY(SELECT i.indexrelid::pg_catalog.int8 FROM pg_catalog.pg_index i
                WHERE i.indrelid OPERATOR(pg_catalog.=) t.oid)
            FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
            WHERE t.oid OPERATOR(pg_catalog.=) CASE WHEN ? THEN (SELECT i.indrelid FROM pg_catalog.pg_index i
                WHERE i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(?)::pg_catalog.oid)
              ELSE pg_catalog.to_regclass(?)::pg_catalog.oid END
            """;

    private static final String INDEXES_OF = """
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), i.indisvalid
            FROM pg_catalog.pg_index i
              JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
              JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) i.indrelid
            WHERE t.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name AND n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
              AND CASE WHEN ?::pg_catalog.text OPERATOR(pg_catalog.=) ''
                THEN NOT i.indexrelid::pg_catalog.int8 OPERATOR(pg_catalog.=) ANY (?::pg_catalog.int8[])
                ELSE c.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name END
            """;

    private static final String BUILDING = """
            SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p
            WHERE p.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
              AND p.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
              AND (p.relid IS NULL OR p.relid OPERATOR(pg_catalog.=)
                pg_catalog.to_regclass(pg_catalog.format('%I.%I', ?::pg_catalog.text, ?::pg_catalog.text))::pg_catalog.oid)
            """;

    /** An index as the catalogs have it. */
    record Found(String qualifiedName, boolean isValid) {}

    private IndexCatalog() {}

    /**
     * The indexes of a table before a statement builds one concurrently.
     *
     * @return empty if the server does not have the table
     */
    static Optional<IndexBuild> before(WantedIndex wanted, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TABLE_OF)) {
            query.setBoolean(1, wanted.isIndex());
            query.setString(2, wanted.relation());
            query.setString(3, wanted.relation());
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new IndexBuild(
                                row.getString(1), row.getString(2), wanted.name(), longs(row.getArray(3))))
                        : Optional.empty();
            }
        }
    }

    private static List<Long> longs(Array array) throws SQLException {
        return Arrays.stream((Object[]) array.getArray()).map(Long.class::cast).toList();
    }

    /**
     * The indexes that a build has made. An index with the given name counts in any case: a build that an earlier run
     * left may be among the indexes from before.
     */
    static List<Found> of(IndexBuild build, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(INDEXES_OF)) {
            query.setString(1, build.table());
            query.setString(2, build.schema());
            query.setString(3, build.name());
            query.setArray(4, connection.createArrayOf("int8", build.before().toArray()));
            query.setString(5, build.name());
            List<Found> found = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.add(new Found(row.getString(1), row.getBoolean(2)));
                }
            }
            return found;
        }
    }

    /**
     * Whether a session builds an index on the table. The server hides the table of a session that this user may not see:
     * such a session may be building the index.
     */
    static boolean isBeingBuilt(IndexBuild build, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(BUILDING)) {
            query.setString(1, build.schema());
            query.setString(2, build.table());
            try (ResultSet found = query.executeQuery()) {
                return found.next();
            }
        }
    }
}
