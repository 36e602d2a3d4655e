package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import java.sql.SQLException;
import liquibase.exception.DatabaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a changeset outside a transaction is, and the record of it in the database. */
final class NotedChangeset {

    private static final Logger LOG = LoggerFactory.getLogger(NotedChangeset.class);

    private final ChangesetName name;
    private final UnfinishedChangesets unfinished;
    private final Leftovers leftovers;

    /** The record as it is in the database. */
    private UnfinishedChangeset note;

    private int statement;
    private String digest = "";
    private boolean canBeRetried = true;

    NotedChangeset(ChangesetName name, UnfinishedChangesets unfinished, UnfinishedChangeset note, Leftovers leftovers) {
        this.name = name;
        this.unfinished = unfinished;
        this.note = note;
        this.leftovers = leftovers;
    }

    ChangesetName name() {
        return name;
    }

    UnfinishedChangesets unfinished() {
        return unfinished;
    }

    Leftovers leftovers() {
        return leftovers;
    }

    UnfinishedChangeset note() {
        return note;
    }

    /** Digest of the current statement and all before it. */
    String digest() {
        return digest;
    }

    /** Number of the current statement, from 1; 0 before the first. */
    int statement() {
        return statement;
    }

    /** Whether the current statement can be executed again because nothing of it is left if it fails. */
    boolean canBeRetried() {
        return canBeRetried;
    }

    void mayBeRetried() {
        canBeRetried = true;
    }

    void cannotBeRetried() {
        canBeRetried = false;
    }

    /**
     * The next statement begins.
     *
     * @return whether a run that was cut short has done it
     */
    boolean begins(ChangesetStatement next) {
        statement++;
        digest = Digests.chain(digest, next.digestText());
        return statement <= note.done();
    }

    /** Whether the current statement is the one that was running when a run was cut short. */
    boolean wasRunning() {
        return note.running().equals(digest);
    }

    /** The record after the current statement. */
    UnfinishedChangeset done(boolean touchedDatabase) throws SQLException {
        return note.withDone(statement, digest, leftovers.now(), touchedDatabase);
    }

    /** Writes the record, in a transaction of its own. */
    void write(UnfinishedChangeset now) throws SQLException {
        unfinished.note(now);
        note = now;
    }

    /** Writes the record, or removes one that says nothing, in a transaction of its own. */
    void writeOrForget(UnfinishedChangeset now) throws SQLException {
        unfinished.noteOrForget(now);
        note = now;
    }

    /** The record was written and committed in the transaction of the statement. */
    void committed(UnfinishedChangeset now) {
        unfinished.committed(now);
        note = now;
    }

    /** The record no longer says that a statement is running. It is written together with the next statement. */
    void forgetRunning() {
        note = note.withNothingRunning();
    }

    /**
     * Executes the current statement in a transaction together with its record.
     *
     * @param touchedDatabase whether the statement has changed more than its session; asked after the statement
     */
    void inTransaction(ChangesetStatement next, Touched touchedDatabase) throws DatabaseException, SQLException {
        unfinished.note(next::execute, () -> done(note.touchedDatabase() || touchedDatabase.ask()));
        note = unfinished.entry(name.value()).orElseThrow();
        noteWhatOutlivesItsTransaction();
    }

    /** Asks the server whether a statement has changed more than its session. */
    @FunctionalInterface
    interface Touched {
        boolean ask() throws SQLException;
    }

    /** Inside the transaction, settings of the transaction and settings of the session look the same. */
    void noteWhatOutlivesItsTransaction() throws SQLException {
        if (note.session().isUnchanged()) {
            return;
        }
        UnfinishedChangeset now = done(note.touchedDatabase());
        if (!now.equals(note)) {
            write(now);
        }
    }

    /** A warning about the changeset. */
    void warn(String event, String message, Object... arguments) {
        LOG.atWarn()
                .addKeyValue("event", event)
                .addKeyValue("changeset", name.toString())
                .log(message, arguments);
    }
}
