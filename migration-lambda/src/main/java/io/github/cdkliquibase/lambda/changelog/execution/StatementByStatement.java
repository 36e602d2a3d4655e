package io.github.cdkliquibase.lambda.changelog.execution;

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
import liquibase.exception.DatabaseException;

/**
 * A changeset outside a transaction. Each statement has its own transaction together with its record, so a run that
 * continues after a crash repeats no statement. A statement that refuses a transaction is recorded before and after its
 * execution. Statements between the changeset's own {@code BEGIN} and {@code COMMIT} are recorded in that transaction.
 */
final class StatementByStatement implements ChangesetExecution {

    private static final Set<FailureKind> REFUSES_A_TRANSACTION =
            Set.of(FailureKind.IN_TRANSACTION, FailureKind.ENDS_TRANSACTION);

    private final Engine engine;
    private final Statements statements;
    private final RunSession session;
    private final Connection connection;
    private final NotedChangeset changeset;
    private final OwnTransaction transaction;
    private final StatementAlone alone;
    private final Resumption resumption;
    private final boolean runsAlways;
    private boolean hasBegun;

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
        this.runsAlways = runsAlways;
        this.session = session;
        this.connection = session.connection();
        this.resumption = resumption;
        this.changeset = new NotedChangeset(name, unfinished, resumption.note(), resumption.leftovers());
        this.transaction = new OwnTransaction(changeset, statements);
        this.alone = new StatementAlone(engine, changeset, connection, bounds, deadline);
        if (resumption.note().done() > 0) {
            changeset.warn(
                    "changeset.resumed",
                    "Changeset {} continues after the first {} of its statements, which are done",
                    name,
                    resumption.note().done());
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
        boolean isDone = changeset.begins(next);
        StatementKind kind = statements.kindOf(next.sql());
        try {
            if (isDone) {
                skip(next, kind);
                return;
            }
            resumption.beforeStatement(
                    changeset.name(),
                    session,
                    next.sql(),
                    changeset.statement() == resumption.note().done() + 1);
            // A SET after the finished statements is executed again, before the statement that was running.
            if (changeset.note().isUncertain() && kind != StatementKind.SESSION && !changeset.wasRunning()) {
                forgetRunning();
            }
            changeset.leftovers().willExecute(next.sql());
            changeset.mayBeRetried();
            execute(next, kind);
        } catch (DatabaseException e) {
            resumption.failed(changeset.name(), next.sql(), e);
            throw e;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void execute(ChangesetStatement next, StatementKind kind) throws DatabaseException, SQLException {
        if (transaction.isOpen() || kind.isOfTransactions()) {
            transaction.execute(next, kind);
            return;
        }
        switch (kind) {
            // It is recorded together with the next statement. Until then another run executes it again.
            case SESSION -> changeset.leftovers().once(changeset.digest(), next::execute);
            case ALONE -> alone.execute(next);
            default -> {
                if (!executedInTransaction(next)) {
                    alone.execute(next);
                }
            }
        }
    }

    private void skip(ChangesetStatement next, StatementKind kind) throws DatabaseException, SQLException {
        int done = changeset.note().done();
        if (changeset.statement() == done
                && !changeset.digest().equals(changeset.note().digest())) {
            throw UnfinishedReasons.others(changeset.name(), done);
        }
        if (kind == StatementKind.SESSION && resumption.isOnNewSession()) {
            changeset.leftovers().once(changeset.digest(), next::execute);
        }
    }

    // The statement that was running has changed. An index that it left invalid was dropped when the run began.
    private void forgetRunning() throws SQLException {
        Optional<IndexBuild> index = changeset.note().index().filter(IndexBuild::isNamed);
        if (index.isPresent() && engine.indexes().result(index.get(), connection) == Result.VALID) {
            changeset.warn(
                    "index.kept",
                    "Index {} was completed by a statement that has changed since. Drop it if it is not wanted",
                    index.get());
        }
        changeset.forgetRunning();
    }

    // Returns false if the statement refuses a transaction.
    private boolean executedInTransaction(ChangesetStatement next) throws DatabaseException, SQLException {
        try {
            changeset.inTransaction(next, () -> statements.touchesDatabase(connection, next.sql()));
            return true;
        } catch (DatabaseException e) {
            if (!REFUSES_A_TRANSACTION.contains(engine.failures().kind(e))) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public void record(HistoryRow row) throws DatabaseException {
        if (row.exists() && changeset.statement() < changeset.note().done()) {
            throw UnfinishedReasons.others(changeset.name(), changeset.note().done());
        }
        try {
            session.beginOwnTransaction();
            row.write();
            // With failOnError=false no row is written, and the next deploy continues here.
            if (row.exists()) {
                changeset.unfinished().forget(changeset.name().value());
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    @Override
    public void rolledBack() {
        transaction.rolledBack();
    }

    @Override
    public boolean canBeRetried() {
        return changeset.canBeRetried();
    }

    @Override
    public Fate fate() {
        UnfinishedChangeset note = changeset.note();
        return new Fate.Partly(note.done(), note.isUncertain(), note.index(), next(note));
    }

    private Fate.Next next(UnfinishedChangeset note) {
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
        return changeset.statement();
    }
}
