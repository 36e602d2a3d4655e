package io.github.cdkliquibase.lambda.history;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.engine.UnfinishedTable;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final RunSession session;
    private final Connection connection;
    private final Failures failures;
    private final UnfinishedTable table;
    private final Map<String, UnfinishedChangeset> entries = new HashMap<>();
    private boolean exists;

    private UnfinishedChangesets(RunSession session, Failures failures, UnfinishedTable table) {
        this.session = session;
        this.connection = session.connection();
        this.failures = failures;
        this.table = table;
    }

    /**
     * The unfinished changesets of a history. It is empty before {@link #reload}.
     *
     * @param session with auto-commit off. A transaction may be open afterwards
     */
    public static UnfinishedChangesets of(RunSession session, HistoryTables tables, Engine engine) throws SQLException {
        return new UnfinishedChangesets(
                session, engine.failures(), engine.catalog().unfinished(tables, session.connection()));
    }

    /** Replaces the known records by those in the database. */
    public void reload() throws SQLException {
        entries.clear();
        session.beginOwnTransaction();
        exists = table.exists();
        if (!exists) {
            return;
        }
        table.rows().forEach(entry -> entries.put(entry.name(), entry));
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
        try {
            session.beginOwnTransaction();
            table.create();
            connection.commit();
            exists = true;
            return Optional.empty();
        } catch (SQLException e) {
            Optional<DatabaseMessage> refusal = failures.of(e).filter(DatabaseMessage::isOfTheServer);
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
        return table.name();
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
                table.write(now);
                connection.commit();
            }
            entries.put(now.name(), now);
        });
    }

    /** Records the progress of a changeset, in a separate transaction. */
    public void note(UnfinishedChangeset now) throws SQLException {
        this.<SQLException>inTransactions(() -> {
            session.beginOwnTransaction();
            table.write(now);
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
        table.write(now);
        return true;
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
        table.delete(changeset);
    }

    /** Drops the table if nothing is unfinished. The session has auto-commit off and no transaction that must be kept. */
    public void dropIfEmpty() {
        if (!exists || !entries.isEmpty() || !isUsable()) {
            return;
        }
        try {
            session.beginOwnTransaction();
            table.drop();
            connection.commit();
            exists = false;
        } catch (SQLException e) {
            // The work of the run is committed. The next run that needs the table finds it empty.
            LOG.info("The empty table {} could not be dropped and stays", table.name());
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
