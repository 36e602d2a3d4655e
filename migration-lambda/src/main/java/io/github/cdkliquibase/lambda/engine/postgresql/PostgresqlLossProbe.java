package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.LossProbe;
import io.github.cdkliquibase.lambda.engine.LostColumn;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
                        return List.of(new LostColumn(row.getString(1), ""));
                    }
                    if (!left.contains(row.getInt(2))) {
                        lost.add(new LostColumn(row.getString(1), row.getString(3)));
                    }
                }
            }
        }
        return lost;
    }

    // Weaker than the lock that the statement takes itself, so that readers wait for that one alone.
    @Override
    public void keepFromWriting(LostColumn lost, Connection connection) throws SQLException {
        try (Statement lock = connection.createStatement()) {
            lock.execute("LOCK TABLE " + lost.table() + " IN SHARE ROW EXCLUSIVE MODE");
        }
    }

    // Without the epoch, as rows have it. A transaction of the deploy is recent.
    @Override
    public boolean hasRowsOfOthers(LostColumn lost, String since, Collection<String> own, Connection connection)
            throws SQLException {
        String condition = lost.column().isEmpty() ? "" : "t." + lost.column() + " IS NOT NULL AND ";
        try (PreparedStatement query = connection.prepareStatement("SELECT EXISTS (SELECT 1 FROM " + lost.table()
                + " t WHERE " + condition
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

    private static String withoutEpoch(String transaction) {
        return Long.toString(Long.parseLong(transaction) % TRANSACTIONS);
    }
}
