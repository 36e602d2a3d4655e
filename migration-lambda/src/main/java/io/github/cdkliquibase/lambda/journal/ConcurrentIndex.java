package io.github.cdkliquibase.lambda.journal;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index that a {@code CREATE INDEX CONCURRENTLY} builds. A build that is cut short leaves it behind, invalid: writes
 * keep it up to date, reads do not use it, and {@code IF NOT EXISTS} takes it for the index that was wanted.
 */
public final class ConcurrentIndex {

    private static final Logger LOG = LoggerFactory.getLogger(ConcurrentIndex.class);

    private static final Duration FIRST_POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_POLL = Duration.ofSeconds(2);

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\"){1,130}\"|[\\w$]+)";
    private static final Pattern CREATE = Pattern.compile(
            "CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(?<name>" + IDENTIFIER
                    + ")\\s+ON\\s+(?:ONLY\\s+)?(?<table>" + IDENTIFIER + "(?:\\s*\\.\\s*" + IDENTIFIER + ")?)",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS);

    private final String name;
    private final String table;
    private final String beginning;

    private ConcurrentIndex(String name, String table, String beginning) {
        this.name = name;
        this.table = table;
        this.beginning = beginning;
    }

    /** Whether there is such an index, and of use. */
    public enum State {
        /** There is none of this name on this table. */
        MISSING,
        /** There is one, complete. */
        VALID,
        /** There is one that a build left behind, or that is being built. */
        INVALID
    }

    /** The index that a statement builds; empty if it builds none, or one without a name. */
    public static Optional<ConcurrentIndex> builtBy(String sql) {
        Matcher create = CREATE.matcher(StatementHead.of(sql));
        if (!create.lookingAt() || create.group("name").equalsIgnoreCase("on")) {
            return Optional.empty();
        }
        return Optional.of(new ConcurrentIndex(plain(create.group("name")), create.group("table"), create.group()));
    }

    // As PostgreSQL keeps it: unquoted names are in lower case.
    private static String plain(String identifier) {
        return identifier.startsWith("\"")
                ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
                : identifier.toLowerCase(Locale.ROOT);
    }

    /**
     * The index as the catalogs have it.
     *
     * @param name qualified and quoted where that is needed; empty if it is missing
     */
    private record Found(State state, String name) {}

    /** The beginning of its statement, of which {@link #builtBy} makes it again. */
    public String beginning() {
        return beginning;
    }

    /** Whether the other one has the same name on the same table, as far as the statements show it. */
    public boolean isSameAs(ConcurrentIndex other) {
        return name.equals(other.name) && table.equalsIgnoreCase(other.table);
    }

    /** The state of the index in the database. */
    public State state(Connection connection) throws SQLException {
        return find(connection).state();
    }

    private Found find(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT i.indisvalid, i.indexrelid::regclass::text FROM pg_index i"
                        + " JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = ? AND i.indrelid = to_regclass(?)")) {
            query.setString(1, name);
            query.setString(2, table);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return new Found(State.MISSING, "");
                }
                return new Found(row.getBoolean(1) ? State.VALID : State.INVALID, row.getString(2));
            }
        }
    }

    /**
     * Drops the index if a build left it invalid; an index that another session is building at the moment is waited for.
     *
     * @param connection with auto-commit on
     * @return the state after that: missing or valid; invalid if the other session did not end before the deadline
     */
    public State clear(Connection connection, Deadline deadline) throws SQLException {
        Backoff backoff = new Backoff(FIRST_POLL, LONGEST_POLL);
        Found found = find(connection);
        while (found.state() == State.INVALID && isBeingBuilt(connection)) {
            if (!Backoff.sleep(backoff.next(), deadline)) {
                return State.INVALID;
            }
            found = find(connection);
        }
        if (found.state() != State.INVALID) {
            return found.state();
        }
        LOG.atWarn()
                .addKeyValue("event", "index.dropped")
                .log("Index {} was left invalid by a build that failed or was cut short; it is dropped", this);
        try (Statement drop = connection.createStatement()) {
            drop.execute("DROP INDEX CONCURRENTLY " + found.name());
        }
        return State.MISSING;
    }

    // Whoever may not be looked at may be building it.
    private boolean isBeingBuilt(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT 1 FROM pg_stat_progress_create_index WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        + " AND (relid IS NULL OR relid = to_regclass(?))")) {
            query.setString(1, table);
            try (ResultSet found = query.executeQuery()) {
                return found.next();
            }
        }
    }

    /** The name as a reason shows it. */
    @Override
    public String toString() {
        return Text.quote(name);
    }
}
