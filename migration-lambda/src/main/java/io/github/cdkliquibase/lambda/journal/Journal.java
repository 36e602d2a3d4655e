package io.github.cdkliquibase.lambda.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * How many statements of an unfinished changeset are done, kept in a table beside the history. The table is there only
 * while a changeset outside a transaction is unfinished: after such a run has died it says where the next one goes on.
 */
public final class Journal {

    private static final String TABLE = "databasechangelogunfinished";

    private final Connection connection;
    private final String table;
    private @Nullable Entry entry;

    /**
     * The entry of an unfinished changeset.
     *
     * @param changeset its name
     * @param checksum of it as it was when it ran
     * @param done how many of its statements are committed, the first ones
     * @param running whether the next one had begun, so that it may be done as well
     */
    public record Entry(String changeset, String checksum, int done, boolean running) {}

    private Journal(Connection connection, String table) {
        this.connection = connection;
        this.table = table;
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
                Journal journal = new Journal(connection, row.getString(1));
                if (row.getBoolean(2)) {
                    journal.load();
                }
                return journal;
            }
        }
    }

    private void load() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT changeset, checksum, done, running FROM " + table)) {
            if (row.next()) {
                entry = new Entry(row.getString(1), row.getString(2), row.getInt(3), row.getBoolean(4));
            } else {
                drop();
            }
        }
    }

    /** What is unfinished; null if nothing is. */
    public @Nullable Entry entry() {
        return entry;
    }

    /**
     * Does a piece of work and notes how far it brings the changeset, in one transaction.
     *
     * @throws Exception what the work throws; then it is rolled back and nothing is noted
     */
    public void note(Entry now, Callable<?> work) throws Exception {
        Entry before = entry;
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            work.call();
            write(now);
            connection.commit();
        } catch (Throwable e) {
            entry = before;
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
        if (entry == null) {
            try (Statement create = connection.createStatement()) {
                create.execute(
                        "CREATE TABLE " + table
                                + " (changeset text NOT NULL, checksum text NOT NULL, done int NOT NULL, running boolean NOT NULL)");
            }
        }
        try (PreparedStatement row = connection.prepareStatement(
                entry == null
                        ? "INSERT INTO " + table + " (changeset, checksum, done, running) VALUES (?, ?, ?, ?)"
                        : "UPDATE " + table + " SET changeset = ?, checksum = ?, done = ?, running = ?")) {
            row.setString(1, now.changeset());
            row.setString(2, now.checksum());
            row.setInt(3, now.done());
            row.setBoolean(4, now.running());
            row.executeUpdate();
        }
        entry = now;
    }

    /** Removes the table, in the transaction that is open: the changeset is in the history. */
    public void drop() throws SQLException {
        try (Statement drop = connection.createStatement()) {
            drop.execute("DROP TABLE IF EXISTS " + table);
        }
        entry = null;
    }
}
