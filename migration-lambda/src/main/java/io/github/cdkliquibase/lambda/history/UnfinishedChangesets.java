package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.postgresql.IndexBuild;
import io.github.cdkliquibase.lambda.engine.postgresql.RunSession;
import io.github.cdkliquibase.lambda.engine.postgresql.Schemas;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.history.UnfinishedChangeset.Origin;
import io.github.cdkliquibase.lambda.history.UnfinishedChangeset.Session;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changesets that a run started and did not finish, in a table next to the history. The table exists only during a
 * run that needs it, or after a run that left a changeset unfinished: it says where the next run continues.
 *
 * <p>All writes use the run's own role and settings, not those of a changeset.
 */
public final class UnfinishedChangesets {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedChangesets.class);

    private static final String COLUMNS = "changeset, changelog, resource, history_row, done, digest, running,"
            + " index_schema, index_table, index_name, indexes_before, session_role, session_settings, session_left,"
            + " touched_database, whole";

    private final RunSession session;
    private final Connection connection;
    private final HistoryTables tables;
    private final String table;
    private final Map<String, UnfinishedChangeset> entries = new HashMap<>();
    private boolean exists;

    private UnfinishedChangesets(RunSession session, HistoryTables tables, String table) {
        this.session = session;
        this.connection = session.connection();
        this.tables = tables;
        this.table = table;
    }

    /**
     * The unfinished changesets of a history. It is empty before {@link #reload}.
     *
     * @param session with auto-commit off. A transaction may be open afterwards
     */
    public static UnfinishedChangesets of(RunSession session, HistoryTables tables) throws SQLException {
        return new UnfinishedChangesets(session, tables, quoted(session.connection(), tables));
    }

    private static String quoted(Connection connection, HistoryTables tables) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT pg_catalog.format('%I.%I', ?::pg_catalog.text, ?::pg_catalog.text)")) {
            query.setString(1, tables.schema());
            query.setString(2, tables.unfinished());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Replaces the known records by those in the database. */
    public void reload() throws SQLException {
        entries.clear();
        session.beginOwnTransaction();
        exists = Schemas.hasTable(tables.schema(), tables.unfinished(), connection);
        if (!exists) {
            return;
        }
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT " + COLUMNS + " FROM " + table)) {
            while (row.next()) {
                UnfinishedChangeset entry = entry(row);
                entries.put(entry.name(), entry);
            }
        }
    }

    private static UnfinishedChangeset entry(ResultSet row) throws SQLException {
        Optional<IndexBuild> index = row.getString("index_table").isEmpty()
                ? Optional.empty()
                : Optional.of(new IndexBuild(
                        row.getString("index_schema"),
                        row.getString("index_table"),
                        row.getString("index_name"),
                        Arrays.stream((Object[]) row.getArray("indexes_before").getArray())
                                .map(Long.class::cast)
                                .toList()));
        Map<String, String> settings = texts(row.getArray("session_settings")).stream()
                .collect(Collectors.toMap(
                        each -> each.substring(0, each.indexOf('=')), each -> each.substring(each.indexOf('=') + 1)));
        return new UnfinishedChangeset(
                row.getString("changeset"),
                new Origin(row.getString("changelog"), row.getString("resource")),
                row.getString("history_row"),
                row.getInt("done"),
                row.getString("digest"),
                row.getString("running"),
                index,
                new Session(row.getString("session_role"), settings, Set.copyOf(texts(row.getArray("session_left")))),
                row.getBoolean("touched_database"),
                row.getBoolean("whole"));
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.stream((Object[]) array.getArray())
                .map(String.class::cast)
                .toList();
    }

    /**
     * Creates the table if it does not exist. The session has auto-commit off and no transaction that must be kept.
     *
     * @return empty if the table exists; otherwise why it could not be created. Then nothing can be recorded
     */
    public Optional<DatabaseMessage> create() throws SQLException {
        if (exists) {
            return Optional.empty();
        }
        try (Statement create = connection.createStatement()) {
            session.beginOwnTransaction();
            create.execute("CREATE TABLE " + table + " (changeset pg_catalog.text PRIMARY KEY,"
                    + " changelog pg_catalog.text NOT NULL, resource pg_catalog.text NOT NULL,"
                    + " history_row pg_catalog.text NOT NULL, done pg_catalog.int4 NOT NULL, digest pg_catalog.text NOT NULL,"
                    + " running pg_catalog.text NOT NULL, index_schema pg_catalog.text NOT NULL,"
                    + " index_table pg_catalog.text NOT NULL, index_name pg_catalog.text NOT NULL,"
                    + " indexes_before pg_catalog.int8[] NOT NULL, session_role pg_catalog.text NOT NULL,"
                    + " session_settings pg_catalog.text[] NOT NULL, session_left pg_catalog.text[] NOT NULL,"
                    + " touched_database pg_catalog.bool NOT NULL, whole pg_catalog.bool NOT NULL)");
            connection.commit();
            exists = true;
            return Optional.empty();
        } catch (SQLException e) {
            Optional<DatabaseMessage> refusal = DatabaseMessage.of(e).filter(DatabaseMessage::isOfTheServer);
            if (refusal.isEmpty() || connection.isClosed()) {
                throw e;
            }
            connection.rollback();
            return refusal;
        }
    }

    /** Whether changesets can be recorded. */
    public boolean canNote() {
        return exists;
    }

    /** All that is unfinished. */
    public Collection<UnfinishedChangeset> entries() {
        return List.copyOf(entries.values());
    }

    /** The table's name with its schema, as SQL needs it. */
    public String table() {
        return table;
    }

    /** The recorded progress of a changeset; empty if it has no record. */
    public Optional<UnfinishedChangeset> entry(String changeset) {
        return Optional.ofNullable(entries.get(changeset));
    }

    /** A step of the work on a changeset. */
    @FunctionalInterface
    public interface Step<E extends Exception> {

        /** Does the step. */
        void run() throws E, SQLException;
    }

    /** Provides the progress of a changeset. Called after the step, inside its transaction. */
    @FunctionalInterface
    public interface Note {

        /** The record to write. */
        UnfinishedChangeset now() throws SQLException;
    }

    /**
     * Does a step and records the progress, in one transaction. If the step fails, it is rolled back and nothing is
     * recorded.
     *
     * @param step with the session's auto-commit off
     */
    public <E extends Exception> void note(Step<E> step, Note note) throws E, SQLException {
        this.<E>inTransactions(() -> {
            step.run();
            UnfinishedChangeset now = note.now();
            boolean noted = noteInTransaction(now);
            connection.commit();
            if (!noted) {
                // The step has made its transaction read-only, so repeating it would do no harm.
                session.beginOwnTransaction();
                write(now);
                connection.commit();
            }
            entries.put(now.name(), now);
        });
    }

    /** Records the progress of a changeset, in a separate transaction. */
    public void note(UnfinishedChangeset now) throws SQLException {
        this.<SQLException>inTransactions(() -> {
            session.beginOwnTransaction();
            write(now);
            connection.commit();
            entries.put(now.name(), now);
        });
    }

    /**
     * Records the progress of a changeset, or removes its record if it is of no use any more, in a separate
     * transaction.
     */
    public void noteOrForget(UnfinishedChangeset now) throws SQLException {
        if (!now.isEmpty()) {
            note(now);
            return;
        }
        this.<SQLException>inTransactions(() -> {
            session.beginOwnTransaction();
            forget(now.name());
            connection.commit();
        });
    }

    private <E extends Exception> void inTransactions(Step<E> step) throws E, SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            step.run();
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

    /**
     * Records the progress of a changeset in the open transaction. The rest of the transaction has the run's own
     * settings.
     *
     * @return false if the transaction is read-only, so that nothing was recorded
     */
    public boolean noteInTransaction(UnfinishedChangeset now) throws SQLException {
        if (session.useOwnSettings()) {
            return false;
        }
        write(now);
        return true;
    }

    private void write(UnfinishedChangeset now) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO " + table + " AS u (" + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (changeset) DO UPDATE SET"
                + " changelog = excluded.changelog, resource = excluded.resource, history_row = excluded.history_row,"
                + " done = excluded.done, digest = excluded.digest, running = excluded.running,"
                + " index_schema = excluded.index_schema, index_table = excluded.index_table,"
                + " index_name = excluded.index_name, indexes_before = excluded.indexes_before,"
                + " session_role = excluded.session_role, session_settings = excluded.session_settings,"
                + " session_left = excluded.session_left, touched_database = excluded.touched_database,"
                + " whole = excluded.whole")) {
            row.setString(1, now.name());
            row.setString(2, now.origin().changelog());
            row.setString(3, now.origin().resource());
            row.setString(4, now.historyRow());
            row.setInt(5, now.done());
            row.setString(6, now.digest());
            row.setString(7, now.running());
            row.setString(8, now.index().map(IndexBuild::schema).orElse(""));
            row.setString(9, now.index().map(IndexBuild::table).orElse(""));
            row.setString(10, now.index().map(IndexBuild::name).orElse(""));
            row.setArray(
                    11,
                    connection.createArrayOf(
                            "int8",
                            now.index()
                                    .map(IndexBuild::before)
                                    .orElse(List.of())
                                    .toArray()));
            row.setString(12, now.session().role());
            row.setArray(
                    13, connection.createArrayOf("text", now.settingsAsList().toArray()));
            row.setArray(
                    14, connection.createArrayOf("text", now.session().left().toArray()));
            row.setBoolean(15, now.touchedDatabase());
            row.setBoolean(16, now.whole());
            row.executeUpdate();
        }
    }

    /** Keeps the record that {@link #noteInTransaction} has written. Called when its transaction was committed. */
    public void committed(UnfinishedChangeset now) {
        entries.put(now.name(), now);
    }

    /**
     * Removes the record of a changeset in the open transaction, which then has the run's own settings.
     *
     * @param changeset with or without a record
     */
    public void forget(String changeset) throws SQLException {
        if (entries.remove(changeset) == null) {
            return;
        }
        session.useOwnSettings();
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM " + table + " WHERE changeset OPERATOR(pg_catalog.=) ?::pg_catalog.text")) {
            delete.setString(1, changeset);
            delete.executeUpdate();
        }
    }

    /** Drops the table if nothing is unfinished. The session has auto-commit off and no transaction that must be kept. */
    public void dropIfEmpty() {
        if (!exists || !entries.isEmpty() || !isUsable()) {
            return;
        }
        try (Statement drop = connection.createStatement()) {
            session.beginOwnTransaction();
            drop.execute("DROP TABLE " + table);
            connection.commit();
            exists = false;
        } catch (SQLException e) {
            // The work of the run is committed. The next run that needs the table finds it empty.
            LOG.info("The empty table {} could not be dropped and stays", table);
            rollBack();
        }
    }

    private boolean isUsable() {
        try {
            if (!connection.isClosed()) {
                connection.rollback();
                return true;
            }
        } catch (SQLException e) {
            // The connection is lost. The next run finds the table.
        }
        return false;
    }

    private void rollBack() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is lost, and its transaction with it.
        }
    }
}
