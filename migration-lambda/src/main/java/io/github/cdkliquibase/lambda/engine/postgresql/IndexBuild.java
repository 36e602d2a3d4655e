package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The concurrent build of an index. A build that fails or is cut short leaves an invalid index: writes keep it up to
 * date, reads do not use it, a unique one still refuses rows, and {@code IF NOT EXISTS} accepts it as the wanted index.
 *
 * @param schema of the table
 * @param table that the index is on
 * @param name of the index; empty if the server chooses the name
 * @param before object identifiers of the table's indexes before the build: none of them is its result
 */
public record IndexBuild(String schema, String table, String name, List<Long> before) {

    private static final Logger LOG = LoggerFactory.getLogger(IndexBuild.class);

    private static final Duration FIRST_POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_POLL = Duration.ofSeconds(2);

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\"){1,130}\"|[\\w$]+)";
    private static final String QUALIFIED = IDENTIFIER + "(?:\\s*\\.\\s*" + IDENTIFIER + ")?";

    private static final Pattern CREATE = pattern("CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+"
            + "(?:(?:IF\\s+NOT\\s+EXISTS\\s+)?(?<name>(?!ON\\b)" + IDENTIFIER + ")\\s+)?ON\\s+(?:ONLY\\s+)?(?<table>"
            + QUALIFIED + ")");

    /** A rebuild creates a second index next to the one that it replaces, with a suffix to its name. */
    private static final Pattern REINDEX =
            pattern("REINDEX\\s+(?:\\((?:[^)]*(?<option>\\bCONCURRENTLY\\b))?[^)]*\\)\\s+)?(?<kind>INDEX|TABLE)\\s+"
                    + "(?<word>CONCURRENTLY\\s+)?(?<table>" + QUALIFIED + ")");

    /** Copies the list. */
    public IndexBuild {
        before = List.copyOf(before);
    }

    /** The state of the index. */
    public enum Result {
        /** There is no index that the build can have created. */
        MISSING,
        /** The index is complete. */
        VALID,
        /** The index was left behind, or is being built. */
        INVALID
    }

    /** An index as the catalogs have it. */
    private record Found(String qualifiedName, boolean isValid) {}

    private static Pattern pattern(String words) {
        return Pattern.compile(words, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS);
    }

    /**
     * The index that a statement builds concurrently, as the statement names it.
     *
     * @param relation the table, or the index that is rebuilt, as the statement names it
     * @param isIndex whether that is the index
     * @param name of the new index, as the server stores it; empty if the server chooses the name
     */
    record Wanted(String relation, boolean isIndex, String name) {

        /** Empty if the statement builds no index concurrently. */
        static Optional<Wanted> by(String sql) {
            String head = StatementHead.of(sql);
            Matcher create = CREATE.matcher(head);
            if (create.lookingAt()) {
                String name = create.group("name");
                return Optional.of(new Wanted(create.group("table"), false, name == null ? "" : asStored(name)));
            }
            Matcher reindex = REINDEX.matcher(head);
            if (reindex.lookingAt() && (reindex.group("word") != null || reindex.group("option") != null)) {
                return Optional.of(
                        new Wanted(reindex.group("table"), reindex.group("kind").equalsIgnoreCase("INDEX"), ""));
            }
            return Optional.empty();
        }
    }

    /**
     * The build that a statement will begin.
     *
     * @return empty if the statement builds no index concurrently, or if there is no such table
     */
    public static Optional<IndexBuild> of(String sql, Connection connection) throws SQLException {
        Optional<Wanted> wanted = Wanted.by(sql);
        return wanted.isEmpty() ? Optional.empty() : on(wanted.get(), connection);
    }

    /** Whether a statement rebuilds existing indexes. */
    public static boolean isRebuild(String sql) {
        return REINDEX.matcher(StatementHead.of(sql)).lookingAt();
    }

    /** Whether the statement names the index, so that there is no doubt which one it is. */
    public boolean isNamed() {
        return !name.isEmpty();
    }

    // PostgreSQL keeps names that are not quoted in lower case.
    private static String asStored(String identifier) {
        return identifier.startsWith("\"")
                ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
                : identifier.toLowerCase(Locale.ROOT);
    }

    private static Optional<IndexBuild> on(Wanted wanted, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT n.nspname, t.relname,
                  ARRAY(SELECT i.indexrelid::pg_catalog.int8 FROM pg_catalog.pg_index i
                    WHERE i.indrelid OPERATOR(pg_catalog.=) t.oid)
                FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
                WHERE t.oid OPERATOR(pg_catalog.=) CASE WHEN ? THEN (SELECT i.indrelid FROM pg_catalog.pg_index i
                    WHERE i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(?)::pg_catalog.oid)
                  ELSE pg_catalog.to_regclass(?)::pg_catalog.oid END
                """)) {
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

    /** Whether both build an index of the same name on the same table. */
    public boolean isSameAs(IndexBuild other) {
        return schema.equals(other.schema) && table.equals(other.table) && name.equals(other.name);
    }

    /** The current state of the index. */
    public Result result(Connection connection) throws SQLException {
        List<Found> found = find(connection);
        if (found.isEmpty()) {
            return Result.MISSING;
        }
        return found.stream().allMatch(Found::isValid) ? Result.VALID : Result.INVALID;
    }

    // An index with the given name counts in any case: a build that an earlier run left may be among the indexes from
    // before.
    private List<Found> find(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), i.indisvalid
                FROM pg_catalog.pg_index i
                  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
                  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                  JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) i.indrelid
                WHERE t.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name AND n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                  AND CASE WHEN ?::pg_catalog.text OPERATOR(pg_catalog.=) ''
                    THEN NOT i.indexrelid::pg_catalog.int8 OPERATOR(pg_catalog.=) ANY (?::pg_catalog.int8[])
                    ELSE c.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name END
                """)) {
            query.setString(1, table);
            query.setString(2, schema);
            query.setString(3, name);
            query.setArray(4, connection.createArrayOf("int8", before.toArray()));
            query.setString(5, name);
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
     * Drops the index if the build left it invalid. Waits for another session that is building an index on the table,
     * and for the locks and old snapshots that block the drop.
     *
     * @param connection with auto-commit on
     * @param bounds of the connection
     * @return the state after that: missing or valid; invalid if the other session did not end before the deadline
     */
    public Result clear(Connection connection, StatementBounds bounds, Deadline deadline) throws SQLException {
        Backoff backoff = new Backoff(FIRST_POLL, LONGEST_POLL);
        Result left = result(connection);
        while (left == Result.INVALID && isBeingBuilt(connection)) {
            if (!Backoff.sleep(backoff.next(), deadline)) {
                return Result.INVALID;
            }
            left = result(connection);
        }
        if (left != Result.INVALID) {
            return left;
        }
        for (Found index : find(connection)) {
            if (!index.isValid()) {
                LOG.atWarn()
                        .addKeyValue("event", "index.dropped")
                        .log(
                                "Index {} was left invalid by a build that failed or was cut short. It is dropped",
                                Text.quote(index.qualifiedName()));
                try (Statement drop = connection.createStatement()) {
                    bounds.waitLonger(() -> drop.execute("DROP INDEX CONCURRENTLY " + index.qualifiedName()));
                }
            }
        }
        return result(connection);
    }

    // The server hides the table of a session that this user may not see: such a session may be building the index.
    private boolean isBeingBuilt(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p
                WHERE p.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                  AND p.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
                  AND (p.relid IS NULL OR p.relid OPERATOR(pg_catalog.=)
                    pg_catalog.to_regclass(pg_catalog.format('%I.%I', ?::pg_catalog.text, ?::pg_catalog.text))::pg_catalog.oid)
                """)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet found = query.executeQuery()) {
                return found.next();
            }
        }
    }

    /** The index, as a reason names it. */
    @Override
    public String toString() {
        return name.isEmpty() ? "on table " + Text.quote(table) : Text.quote(name);
    }
}
