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
 * The changesets that a run began and did not end, in a table beside the history. The table is there only while a run that
 * needs it is going on, or after one that left something unfinished: it says where the next run goes on.
 *
 * <p>All writes use the run's own role and settings, whatever a changeset has set.
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
     * The unfinished changesets of a history. None is known before {@link #reload}.
     *
     * @param session with auto-commit off. A transaction may be open afterwards
     */
    public static UnfinishedChangesets of(RunSession session, HistoryTables tables, Engine engine)
            throws SQLException {
        return new UnfinishedChangesets(
                session, engine.failures(), engine.catalog().unfinished(tables, session.connection()));
    }

    /** Reads what is noted in the database, in the place of what is known. */
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
     * Makes the table if it is not there. The session has auto-commit off and no transaction that must be kept.
     *
     * @return empty if the table is there; otherwise why it could not be made. Then nothing can be noted
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

    /** Whether changesets can be noted. */
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

    /** How far a changeset is; empty if it is not unfinished. */
    public Optional<UnfinishedChangeset> entry(String changeset) {
        return Optional.ofNullable(entries.get(changeset));
    }

    /** A step of the work on a changeset. */
    @FunctionalInterface
    public interface Step<E extends Exception> {

        /** Does it. */
        void run() throws E, SQLException;
    }

    /** Says how far a changeset is. Asked inside the transaction of the step, after it. */
    @FunctionalInterface
    public interface Note {

        /** The note to write. */
        UnfinishedChangeset now() throws SQLException;
    }

    /**
     * Does a step and notes how far it brings the changeset, in one transaction. If the step fails, it is rolled back and
     * nothing is noted.
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

    /** Notes how far a changeset is, in a transaction of its own. */
    public void note(UnfinishedChangeset now) throws SQLException {
        this.<SQLException>inTransactions(() -> {
            session.beginOwnTransaction();
            table.write(now);
            connection.commit();
            entries.put(now.name(), now);
        });
    }

    /** Notes how far a changeset is, or removes its note if that says nothing any more, in a transaction of its own. */
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
     * Notes how far a changeset is, in the transaction that is open. The rest of the transaction has the run's own settings.
     *
     * @return false if the transaction takes no writes, so that nothing was noted
     */
    public boolean noteInTransaction(UnfinishedChangeset now) throws SQLException {
        if (session.useOwnSettings()) {
            return false;
        }
        table.write(now);
        return true;
    }

    /** Remembers what {@link #noteInTransaction} has written, when its transaction was committed. */
    public void committed(UnfinishedChangeset now) {
        entries.put(now.name(), now);
    }

    /**
     * Removes what is noted of a changeset, in the transaction that is open, which then has the run's own settings.
     *
     * @param changeset of which something may be noted or not
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
            // What the run did is committed. The next run that needs the table finds it, empty.
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
