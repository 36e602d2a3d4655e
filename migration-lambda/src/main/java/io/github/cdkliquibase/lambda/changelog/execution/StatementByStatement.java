package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.IndexBuild.Result;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.Statements;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.exception.DatabaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A changeset outside a transaction. Each statement has its own transaction together with its record, so a run that
 * continues after a crash repeats no statement. A statement that refuses a transaction is recorded before and after its
 * execution. Statements between the changeset's own {@code BEGIN} and {@code COMMIT} are recorded in that transaction.
 */
final class StatementByStatement implements ChangesetExecution {

    private static final Logger LOG = LoggerFactory.getLogger(StatementByStatement.class);

    private static final Set<FailureKind> REFUSES_A_TRANSACTION =
            Set.of(FailureKind.IN_TRANSACTION, FailureKind.ENDS_TRANSACTION);

    private static final Set<FailureKind> CREATED_BEFORE = Set.of(FailureKind.OBJECT_EXISTS);
    private static final Set<FailureKind> DROPPED_BEFORE = Set.of(FailureKind.NO_OBJECT, FailureKind.NO_DATABASE);

    private final Engine engine;
    private final Statements statements;
    private final ChangesetName name;
    private final RunSession session;
    private final Connection connection;
    private final UnfinishedChangesets unfinished;
    private final StatementBounds bounds;
    private final Deadline deadline;
    private final Leftovers leftovers;
    private final Resumption resumption;
    private final boolean runsAlways;

    /** The record as it is in the database. */
    private UnfinishedChangeset note;

    private boolean hasBegun;
    private int statement;
    private String digest = "";
    private boolean inOwnTransaction;
    private boolean canBeRetried = true;

    /**
     * Starts or resumes a changeset.
     *
     * @param engine of the database
     * @param resumption the recorded progress, and how to continue from it
     * @param runsAlways whether each run executes it
     */
    StatementByStatement(
            Engine engine,
            ChangesetName name,
            RunSession session,
            UnfinishedChangesets unfinished,
            Resumption resumption,
            boolean runsAlways,
            StatementBounds bounds,
            Deadline deadline) {
        this.engine = engine;
        this.statements = engine.statements();
        this.name = name;
        this.runsAlways = runsAlways;
        this.session = session;
        this.connection = session.connection();
        this.unfinished = unfinished;
        this.note = resumption.note();
        this.resumption = resumption;
        this.bounds = bounds;
        this.deadline = deadline;
        this.leftovers = resumption.leftovers();
        if (note.done() > 0) {
            LOG.atWarn()
                    .addKeyValue("event", "changeset.resumed")
                    .addKeyValue("changeset", name.toString())
                    .log(
                            "Changeset {} continues after the first {} of its statements, which are done",
                            name,
                            note.done());
        }
    }

    @Override
    public boolean wantsSql() {
        return true;
    }

    // Also where the changeset asks for a transaction, and the engine has none that holds a changeset.
    @Override
    public boolean autoCommit(boolean wanted) {
        boolean begins = !hasBegun;
        hasBegun = true;
        return begins || wanted;
    }

    // A text that was not split and begins a transaction is recorded part by part, as if it had been split.
    @Override
    public void execute(ChangesetStatement next) throws DatabaseException {
        List<ChangesetStatement> parts = next.isWritten() ? next.parts().get() : List.of();
        if (parts.size() > 1 && statements.kindOf(parts.get(0).sql()) == StatementKind.BEGIN) {
            for (ChangesetStatement part : parts) {
                executeOne(part);
            }
        } else {
            executeOne(next);
        }
    }

    private void executeOne(ChangesetStatement next) throws DatabaseException {
        int index = statement++;
        digest = Digests.chain(digest, next.digestText());
        StatementKind kind = statements.kindOf(next.sql());
        try {
            if (index < note.done()) {
                skip(index, next, kind);
                return;
            }
            resumption.beforeStatement(
                    name, session, next.sql(), index == resumption.note().done());
            // A SET after the finished statements is executed again, before the statement that was running.
            if (note.isUncertain()
                    && kind != StatementKind.SESSION
                    && !note.running().equals(digest)) {
                forgetRunning();
            }
            leftovers.willExecute(next.sql());
            canBeRetried = true;
            if (inOwnTransaction || kind.isOfTransactions()) {
                executeInOwnTransaction(next, kind);
            } else {
                switch (kind) {
                    case SESSION -> executeInSession(next);
                    case ALONE -> executeAlone(next);
                    default -> {
                        if (!executedInTransaction(next)) {
                            executeAlone(next);
                        }
                    }
                }
            }
        } catch (DatabaseException e) {
            resumption.failed(name, next.sql(), e);
            throw e;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void skip(int index, ChangesetStatement next, StatementKind kind) throws DatabaseException, SQLException {
        if (index == note.done() - 1 && !digest.equals(note.digest())) {
            throw UnfinishedReasons.others(name, note.done());
        }
        if (kind == StatementKind.SESSION && resumption.isOnNewSession()) {
            leftovers.once(digest, next::execute);
        }
    }

    // The statement that was running has changed. An index that it left invalid was dropped when the run began.
    private void forgetRunning() throws SQLException {
        if (note.index().filter(IndexBuild::isNamed).isPresent()
                && engine.indexes().result(note.index().get(), connection) == Result.VALID) {
            say(
                    "index.kept",
                    "Index {} was completed by a statement that has changed since. Drop it if it is not wanted",
                    note.index().get());
        }
        note = note.withNothingRunning();
    }

    // It is recorded together with the next statement. Until then another run executes it again.
    private void executeInSession(ChangesetStatement next) throws DatabaseException, SQLException {
        leftovers.once(digest, next::execute);
    }

    // Returns false if the statement refuses a transaction.
    private boolean executedInTransaction(ChangesetStatement next) throws DatabaseException, SQLException {
        try {
            unfinished.note(
                    next::execute,
                    () -> done(note.touchedDatabase() || statements.touchesDatabase(connection, next.sql())));
        } catch (DatabaseException e) {
            if (!REFUSES_A_TRANSACTION.contains(engine.failures().kind(e))) {
                throw e;
            }
            return false;
        }
        note = unfinished.entry(name.value()).orElseThrow();
        noteWhatOutlivesItsTransaction();
        return true;
    }

    // Inside the transaction, settings of the transaction and settings of the session look the same.
    private void noteWhatOutlivesItsTransaction() throws SQLException {
        if (note.session().isUnchanged()) {
            return;
        }
        UnfinishedChangeset now = done(note.touchedDatabase());
        if (!now.equals(note)) {
            unfinished.note(now);
            note = now;
        }
    }

    private void executeInOwnTransaction(ChangesetStatement next, StatementKind kind)
            throws DatabaseException, SQLException {
        switch (kind) {
            case BEGIN -> {
                next.execute();
                inOwnTransaction = true;
            }
            case COMMIT -> {
                UnfinishedChangeset now = done(true);
                boolean noted = inOwnTransaction && unfinished.noteInTransaction(now);
                canBeRetried = false;
                next.execute();
                inOwnTransaction = inOwnTransaction && statements.beginsTheNext(next.sql());
                if (noted) {
                    unfinished.committed(now);
                } else {
                    unfinished.note(now);
                }
                note = now;
                if (!inOwnTransaction) {
                    noteWhatOutlivesItsTransaction();
                }
            }
            case PREPARE -> {
                // A record in that transaction would block other sessions until the commit.
                canBeRetried = false;
                next.execute();
                inOwnTransaction = false;
                note = done(true);
                unfinished.note(note);
            }
            case ROLLBACK -> {
                next.execute();
                inOwnTransaction = inOwnTransaction && statements.beginsTheNext(next.sql());
                if (!inOwnTransaction) {
                    note = done(note.touchedDatabase());
                    unfinished.note(note);
                }
            }
            default -> next.execute();
        }
    }

    private UnfinishedChangeset done(boolean touchedDatabase) throws SQLException {
        return note.withDone(statement, digest, leftovers.now(), touchedDatabase);
    }

    private void executeAlone(ChangesetStatement next) throws DatabaseException, SQLException {
        canBeRetried = false;
        boolean wasRunning = note.running().equals(digest);
        Optional<IndexBuild> left = note.index();
        Optional<IndexBuild> build = engine.indexes().of(next.sql(), connection);
        Optional<IndexBuild> index = wasRunning && left.isPresent() ? left : build;
        boolean isThere =
                index.isPresent() && engine.indexes().clear(index.get(), connection, bounds, deadline) == Result.VALID;
        // A rebuild may have finished a part of its indexes.
        if (isThere && wasRunning && !engine.indexes().isRebuild(next.sql())) {
            say("statement.done-before", "Index {} is complete: a run that was cut short has built it", index.get());
        } else {
            if (wasRunning && index.isEmpty()) {
                say(
                        "statement.repeated",
                        "Statement {} was running when a run was cut short. It is executed again",
                        statement);
            }
            // An index that existed before does not belong to this changeset, and must not count as its index later.
            if (!isThere) {
                note = note.withRunning(digest, build, leftovers.now());
                unfinished.note(note);
            }
            try {
                bounds.waitLonger(() -> next.execute());
            } catch (DatabaseException e) {
                failedAlone(e, next.sql(), build, wasRunning);
            }
        }
        note = done(true);
        unfinished.note(note);
    }

    private void failedAlone(DatabaseException failure, String sql, Optional<IndexBuild> index, boolean wasRunning)
            throws DatabaseException, SQLException {
        if (connection.isClosed()) {
            throw failure;
        }
        if (wasRunning && wasDoneBefore(failure, sql)) {
            say(
                    "statement.done-before",
                    "{}: a run that was cut short has done it",
                    engine.failures().describe(failure));
            return;
        }
        try {
            boolean isLeft = index.isPresent() && engine.indexes().result(index.get(), connection) == Result.INVALID;
            // A text with its own transactions may have committed a part.
            String stillRunning = statements.endsATransaction(sql) ? note.running() : "";
            note = note.withRunning(stillRunning, isLeft ? index : Optional.empty(), note.session());
            unfinished.noteOrForget(note);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    // The wanted object exists already, and an earlier run had started exactly this statement.
    private boolean wasDoneBefore(DatabaseException failure, String sql) {
        return (statements.isDrop(sql) ? DROPPED_BEFORE : CREATED_BEFORE)
                .contains(engine.failures().kind(failure));
    }

    private void say(String event, String message, Object argument) {
        LOG.atWarn()
                .addKeyValue("event", event)
                .addKeyValue("changeset", name.toString())
                .log(message, argument);
    }

    @Override
    public void record(ExecType how, Work row) throws DatabaseException {
        if (how != ExecType.FAILED && how != ExecType.SKIPPED && statement < note.done()) {
            throw UnfinishedReasons.others(name, note.done());
        }
        try {
            session.beginOwnTransaction();
            row.run();
            // With failOnError=false no row is written, and the next deploy continues here.
            if (how != ExecType.FAILED && how != ExecType.SKIPPED) {
                unfinished.forget(name.value());
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    @Override
    public void rolledBack() {
        inOwnTransaction = false;
    }

    @Override
    public boolean canBeRetried() {
        return canBeRetried;
    }

    @Override
    public Fate fate() {
        return new Fate.Partly(note.done(), note.isUncertain(), note.index(), next());
    }

    private Fate.Next next() {
        if (runsAlways) {
            return Fate.Next.BEGINS_ANEW;
        }
        if (note.session().left().isEmpty()) {
            return Fate.Next.GOES_ON;
        }
        return note.touchedDatabase() ? Fate.Next.REFUSES : Fate.Next.BEGINS_ANEW;
    }

    @Override
    public int statement() {
        return statement;
    }
}
