package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.LossProbe;
import io.github.cdkliquibase.lambda.engine.LostColumn;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks PostgreSQL. A statement that drops a table or a column locks the table exclusively, whether it says so or a function that it
 * calls. Who wrote a row is known by its {@code xmin}, which freezing does not change.
 */
final class PostgresqlLossProbe implements LossProbe {

    private static final String CHANGEABLE = """
            SELECT l.relation, pg_catalog.array_agg(a.attnum) FILTER (WHERE a.attnum IS NOT NULL)
            FROM pg_catalog.pg_locks l
              LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) l.relation
                AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
            WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
              AND l.locktype OPERATOR(pg_catalog.=) 'relation' AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock'
            GROUP BY l.relation
            """;

    private static final String COLUMNS = """
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), a.attnum, pg_catalog.quote_ident(a.attname)
            FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
              JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
            WHERE c.oid OPERATOR(pg_catalog.=) ?::pg_catalog.oid AND c.relkind IN ('r', 'p')
              AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    private static final long TRANSACTIONS = 1L << 32;

    @Override
    public Map<Long, Set<Integer>> changeable(Connection connection) throws SQLException {
        Map<Long, Set<Integer>> tables = new HashMap<>();
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(CHANGEABLE)) {
            while (row.next()) {
                Array columns = row.getArray(2);
                tables.put(row.getLong(1), columns == null ? Set.of() : numbers(columns));
            }
        }
        return tables;
    }

    private static Set<Integer> numbers(Array columns) throws SQLException {
        List<Integer> numbers = new ArrayList<>();
        for (Object number : (Object[]) columns.getArray()) {
            numbers.add(((Number) number).intValue());
        }
        return Set.copyOf(numbers);
    }

    @Override
    public List<LostColumn> lost(Map<Long, Set<Integer>> left, Connection connection) throws SQLException {
        List<LostColumn> lost = new ArrayList<>();
        for (Map.Entry<Long, Set<Integer>> table : left.entrySet()) {
            lost.addAll(lostOf(table.getKey(), table.getValue(), connection));
        }
        return lost;
    }

    private static List<LostColumn> lostOf(long table, Set<Integer> left, Connection connection) throws SQLException {
        List<LostColumn> lost = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setLong(1, table);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    if (left.isEmpty()) {
                        return List.of(new LostColumn(table, 0, "table " + row.getString(1)));
                    }
                    if (!left.contains(row.getInt(2))) {
                        lost.add(new LostColumn(
                                table,
                                row.getInt(2),
                                "column %s of table %s".formatted(row.getString(3), row.getString(1))));
                    }
                }
            }
        }
        return lost;
    }

    // Weaker than the lock that the statement takes itself, so that readers wait for that one alone.
    @Override
    public void keepFromWriting(LostColumn lost, Connection connection) throws SQLException {
        Optional<Place> place = Place.now(lost, connection);
        if (place.isPresent()) {
            try (Statement lock = connection.createStatement()) {
                lock.execute("LOCK TABLE " + place.get().table() + " IN SHARE ROW EXCLUSIVE MODE");
            }
        }
    }

    @Override
    public boolean hasRowsOfOthers(
            LostColumn lost, String since, Collection<String> own, Optional<Duration> within, Connection connection)
            throws SQLException {
        Optional<Place> place = Place.now(lost, connection);
        if (place.isEmpty() || (lost.column() != 0 && place.get().column().isEmpty())) {
            return false;
        }
        // A policy that hides rows from their owner must not hide them here: the server refuses the query then.
        String security = set("row_security", "off", connection);
        String timeout =
                within.isPresent() ? set("statement_timeout", within.get().toMillis() + "ms", connection) : "";
        boolean found = hasRows(place.get(), since, own, connection);
        if (within.isPresent()) {
            set("statement_timeout", timeout, connection);
        }
        set("row_security", security, connection);
        return found;
    }

    /**
     * The names that a table and its column have now, as a statement writes them.
     *
     * @param column empty if the whole table counts, or if the column is gone
     */
    private record Place(String table, Optional<String> column) {

        /** Empty if the table is gone. */
        static Optional<Place> now(LostColumn lost, Connection connection) throws SQLException {
            try (PreparedStatement query = connection.prepareStatement("""
                    SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.quote_ident(a.attname)
                    FROM pg_catalog.pg_class c
                      JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                      LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                        AND a.attnum OPERATOR(pg_catalog.=) ? AND NOT a.attisdropped
                    WHERE c.oid OPERATOR(pg_catalog.=) ?::pg_catalog.oid
                    """)) {
                query.setInt(1, lost.column());
                query.setLong(2, lost.table());
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(new Place(row.getString(1), Optional.ofNullable(row.getString(2))))
                            : Optional.empty();
                }
            }
        }

        // IS NOT NULL is false for a composite value with one null field.
        String hasValue() {
            return column.map(name -> "pg_catalog.num_nonnulls(t." + name + ") OPERATOR(pg_catalog.>) 0 AND ")
                    .orElse("");
        }
    }

    // Without the epoch, as rows have it. A transaction of the deploy is recent.
    private static boolean hasRows(Place place, String since, Collection<String> own, Connection connection)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM " + place.table()
                + " t WHERE " + place.hasValue()
                + "pg_catalog.age(t.xmin) OPERATOR(pg_catalog.<=) pg_catalog.age(?::pg_catalog.xid)"
                + " AND NOT t.xmin::pg_catalog.text OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[]))")) {
            query.setString(1, withoutEpoch(since));
            query.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            own.stream().map(PostgresqlLossProbe::withoutEpoch).toArray()));
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    // For the open transaction.
    private static String set(String name, String value, Connection connection) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(
                "SELECT pg_catalog.current_setting(?), pg_catalog.set_config(?, ?, true)")) {
            set.setString(1, name);
            set.setString(2, name);
            set.setString(3, value);
            try (ResultSet row = set.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static String withoutEpoch(String transaction) {
        return Long.toString(Long.parseLong(transaction) % TRANSACTIONS);
    }
}
