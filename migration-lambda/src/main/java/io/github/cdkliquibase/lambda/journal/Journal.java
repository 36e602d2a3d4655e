package io.github.cdkliquibase.lambda.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * How many statements of unfinished changesets are done, kept in a table beside the history. The table is there only while a
 * changeset outside a transaction is unfinished: after such a run has died it says where the next one goes on.
 */
public final class Journal {

    /** Its schema is that of the history. */
    private static final String TABLE = "databasechangelogunfinished";

    private final Connection connection;
    private final String table;
    private final Map<String, Entry> entries = new HashMap<>();
    private boolean exists;

    /**
     * The entry of an unfinished changeset.
     *
     * @param changeset its name
     * @param done how many of its statements are committed, the first ones
     * @param digest of these, by which they are known again
     * @param running digest up to the next one, if that had begun and may be done as well; empty if it had not
     * @param index the beginning of the next one, as far as it names the index that it builds; empty if it builds none
     */
    public record Entry(String changeset, int done, String digest, String running, String index) {

        /** An entry where nothing is under way. */
        public Entry(String changeset, int done, String digest) {
            this(changeset, done, digest, "", "");
        }
    }

    private Journal(Connection connection, String table, boolean exists) {
        this.connection = connection;
        this.table = table;
        this.exists = exists;
    }

    /**
     * The journal as it is now.
     *
     * @param connection with auto-commit off
     * @param schema of the history tables
     */
    public static Journal read(Connection connection, String schema) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT format('%I.%I', s, t), to_regclass(format('%I.%I', s, t)) IS NOT NULL FROM (VALUES (?, ?)) AS v (s, t)")) {
            query.setString(1, schema);
            query.setString(2, TABLE);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                Journal journal = new Journal(connection, row.getString(1), row.getBoolean(2));
                journal.load();
                return journal;
            }
        }
    }

    private void load() throws SQLException {
        entries.clear();
        if (!exists) {
            return;
        }
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT changeset, done, digest, running, index FROM " + table)) {
            while (row.next()) {
                Entry entry = new Entry(
                        row.getString(1), row.getInt(2), row.getString(3), row.getString(4), row.getString(5));
                entries.put(entry.changeset(), entry);
            }
        }
    }

    /** All that is unfinished. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** The table's name with its schema, as SQL needs it. */
    public String table() {
        return table;
    }

    /** How far a changeset is; null if it is not unfinished. */
    public @Nullable Entry entry(String changeset) {
        return entries.get(changeset);
    }

    /**
     * Does a piece of work and notes how far it brings the changeset, in one transaction.
     *
     * @throws Exception what the work throws; then it is rolled back and nothing is noted
     */
    public void note(Entry now, Callable<?> work) throws Exception {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            work.call();
            write(now);
            connection.commit();
            exists = true;
            entries.put(now.changeset(), now);
        } catch (Throwable e) {
            if (!connection.isClosed()) {
                connection.rollback();
            }
            throw e;
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    /** Notes how far a changeset is, in the place of what was noted before. */
    public void note(Entry now) throws SQLException {
        try {
            note(now, () -> true);
        } catch (SQLException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(Entry now) throws SQLException {
        if (!exists) {
            try (Statement create = connection.createStatement()) {
                create.execute("CREATE TABLE " + table + " (changeset text PRIMARY KEY, done int NOT NULL,"
                        + " digest text NOT NULL, running text NOT NULL, index text NOT NULL)");
            }
        }
        try (PreparedStatement row =
                connection.prepareStatement("INSERT INTO " + table + " (changeset, done, digest, running, index)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (changeset) DO UPDATE"
                        + " SET done = excluded.done, digest = excluded.digest, running = excluded.running,"
                        + " index = excluded.index")) {
            row.setString(1, now.changeset());
            row.setInt(2, now.done());
            row.setString(3, now.digest());
            row.setString(4, now.running());
            row.setString(5, now.index());
            row.executeUpdate();
        }
    }

    /** Removes what is noted of a changeset, in the transaction that is open: it is in the history. The last one takes the table along. */
    public void forget(String changeset) throws SQLException {
        if (entries.remove(changeset) == null) {
            return;
        }
        if (entries.isEmpty()) {
            try (Statement drop = connection.createStatement()) {
                drop.execute("DROP TABLE " + table);
            }
            exists = false;
        } else {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM " + table + " WHERE changeset = ?")) {
                delete.setString(1, changeset);
                delete.executeUpdate();
            }
        }
    }
}
