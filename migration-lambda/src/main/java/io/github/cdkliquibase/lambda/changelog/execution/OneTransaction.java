package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.RowDiscardedException;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import liquibase.exception.DatabaseException;

/**
 * A changeset that is one transaction with its row in the history.
 *
 * <p>Liquibase commits a changeset, and then its row: after a crash in between, every later run would execute the
 * changeset again. Here the first of the two commits waits for the second. Deferred constraints, which can fail at a
 * commit, are checked at the place of the first commit. The row is written with the run's own role and settings.
 *
 * <p>If the changeset makes its transaction read-only, the row cannot be written in it. Then the row has its own
 * transaction. A record that is written in the changeset's transaction, before its first statement, covers the time
 * between the two.
 */
final class OneTransaction implements ChangesetExecution {

    private final Engine engine;
    private final RunSession session;
    private final Connection connection;
    private final UnfinishedChangesets unfinished;
    private final String name;
    private final Optional<UnfinishedChangeset> note;
    private final BooleanSupplier mayChangeSession;
    private final Consumer<String> searchPathIs;
    private final boolean failsTheRun;
    private final Optional<WaitingStatements> waiting;
    private final EndedTransaction ended;

    private CommitState state = CommitState.OPEN;
    private boolean noted;
    private int statement;
    private boolean committedWithoutRow;

    /**
     * Starts a changeset.
     *
     * @param note record that is written before its first statement, if it may make its transaction read-only
     * @param waiting keeps statements to send them together; empty if each is sent alone
     * @param mayChangeSession whether the changeset may have changed its session so far
     * @param searchPathIs is told the search path after the commit, where it is known
     * @param failsTheRun whether a failure of the changeset ends the run
     */
    OneTransaction(
            Engine engine,
            RunSession session,
            UnfinishedChangesets unfinished,
            String name,
            Optional<UnfinishedChangeset> note,
            Optional<WaitingStatements> waiting,
            BooleanSupplier mayChangeSession,
            Consumer<String> searchPathIs,
            boolean failsTheRun) {
        this.engine = engine;
        this.session = session;
        this.connection = session.connection();
        this.unfinished = unfinished;
        this.name = name;
        this.note = note;
        this.mayChangeSession = mayChangeSession;
        this.searchPathIs = searchPathIs;
        this.failsTheRun = failsTheRun;
        this.waiting = waiting;
        this.ended = new EndedTransaction(engine, connection);
    }

    @Override
    public void changeStarts() {
        state = CommitState.IN_CHANGE;
    }

    @Override
    public void changeEnds() {
        state = CommitState.OPEN;
    }

    @Override
    public void execute(ChangesetStatement next) throws DatabaseException {
        statement++;
        try {
            if (statement == 1 && note.isPresent()) {
                session.withOwnSettings(() -> unfinished.noteInTransaction(note.get()));
                noted = true;
            }
            if (next.isWritten() && engine.statements().endsATransaction(next.sql())) {
                ended.execute(next);
            } else {
                next.execute();
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    @Override
    public boolean letsWait(ChangesetStatement next) throws DatabaseException {
        boolean waits = note.isEmpty() && waiting.isPresent() && waiting.get().take(next);
        if (waits) {
            statement++;
        }
        return waits;
    }

    @Override
    public Waiting waiting() {
        return waiting.map(WaitingStatements::state).orElse(Waiting.NONE);
    }

    @Override
    public void sendWaiting() throws DatabaseException {
        if (waiting.isPresent()) {
            WaitingStatements.Sent sent = waiting.get().send();
            statement -= sent.notStarted();
            if (sent.failure().isPresent()) {
                throw sent.failure().get();
            }
        }
    }

    @Override
    public Optional<StatementPlace> failedPlace() {
        return waiting.flatMap(WaitingStatements::failedPlace);
    }

    @Override
    public void record(HistoryRow row) throws DatabaseException {
        if (row.exists() && state == CommitState.HELD && isSimple()) {
            commitWith(row);
        } else {
            write(row);
        }
    }

    // Everything that the end of the transaction needs is known, and nothing of it depends on an answer of the server.
    // A failure of the changeset at its commit could not be ignored any more here.
    private boolean isSimple() {
        return session.canCommitWith()
                && failsTheRun
                && note.isEmpty()
                && !ended.mayBeCommitted()
                && !mayChangeSession.getAsBoolean()
                && unfinished.entry(name).isEmpty();
    }

    private void commitWith(HistoryRow row) throws DatabaseException {
        List<String> statements = row.statements();
        send(() -> {
            try {
                searchPathIs.accept(session.commitWith(row.notes(), statements));
            } catch (RowDiscardedException e) {
                throw row.discarded();
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        });
    }

    private void write(HistoryRow row) throws DatabaseException {
        try {
            if (session.useOwnSettings()) {
                // The transaction is read-only.
                connection.commit();
                committedWithoutRow = true;
                note.filter(written -> noted).ifPresent(unfinished::committed);
                session.beginOwnTransaction();
            }
            row.write();
            if (row.exists()) {
                unfinished.forget(name);
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        state = CommitState.RECORDED;
    }

    @Override
    public void commit(Work commit) throws DatabaseException {
        switch (state) {
            case IN_CHANGE, HELD -> {}
            case OPEN -> {
                if (!isSimple()) {
                    checkDeferredConstraints();
                }
                state = CommitState.HELD;
            }
            case RECORDED, SENT, DONE -> send(commit);
        }
    }

    private void send(Work commit) throws DatabaseException {
        state = CommitState.SENT;
        try {
            commit.run();
            state = CommitState.DONE;
        } catch (DatabaseException e) {
            if (!engine.failures().kind(e).passesOnANewConnection()) {
                // The server has rolled back a commit that it refuses.
                state = CommitState.DONE;
            }
            throw e;
        }
    }

    private void checkDeferredConstraints() throws DatabaseException {
        try {
            engine.transactions().checkBeforeCommit(connection);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    @Override
    public void rolledBack() {
        waiting.ifPresent(WaitingStatements::clear);
        state = CommitState.OPEN;
        noted = noted && committedWithoutRow;
        try {
            ended.settle();
        } catch (SQLException e) {
            // The connection is lost: the outcome of the transaction stays unknown.
        }
    }

    @Override
    public boolean canBeRetried() {
        return fate() instanceof Fate.RolledBack;
    }

    @Override
    public Fate fate() {
        if (committedWithoutRow) {
            return new Fate.CommittedWithoutRow(noted);
        }
        if (ended.mayBeCommitted()) {
            return new Fate.CommittedItself(ended.isCommitted());
        }
        return state == CommitState.SENT ? new Fate.CommitUnknown() : new Fate.RolledBack();
    }

    @Override
    public int statement() {
        return statement;
    }
}
