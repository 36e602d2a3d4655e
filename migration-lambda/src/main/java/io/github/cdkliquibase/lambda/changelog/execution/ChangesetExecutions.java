package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.Transactions;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset.Origin;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import liquibase.change.AbstractSQLChange;
import liquibase.changelog.ChangeSet;

/** Decides how a changeset is executed on one connection, and what follows after it. */
public final class ChangesetExecutions {

    private final Engine engine;
    private final RunSession session;
    private final SessionMemory memory;
    private final LostLock whenLockIsLost;
    private final UnfinishedChangesets unfinished;
    private final Origin origin;
    private final Function<ChangeSet, String> historyRow;
    private final StatementBounds bounds;
    private final Deadline deadline;
    private final Map<ChangesetName, Leftovers> begun = new HashMap<>();
    private final SearchPath searchPath = new SearchPath();

    /** Called when a changeset has released the lock of the run. */
    @FunctionalInterface
    public interface LostLock {

        /** Takes the lock again. */
        void takeAgain() throws SQLException;
    }

    /**
     * The executions on a connection.
     *
     * @param engine of the database
     * @param memory of the run
     * @param whenLockIsLost acquires the lock of the run again
     * @param historyRow identifies a changeset's row in the history; empty if it has no row
     */
    public ChangesetExecutions(
            Engine engine,
            RunSession session,
            SessionMemory memory,
            LostLock whenLockIsLost,
            UnfinishedChangesets unfinished,
            Origin origin,
            Function<ChangeSet, String> historyRow,
            StatementBounds bounds,
            Deadline deadline) {
        this.engine = engine;
        this.session = session;
        this.memory = memory;
        this.whenLockIsLost = whenLockIsLost;
        this.unfinished = unfinished;
        this.origin = origin;
        this.historyRow = historyRow;
        this.bounds = bounds;
        this.deadline = deadline;
    }

    /** Whether executing a changeset may need the table of unfinished changesets. */
    public static boolean mayNeedNotes(ChangeSet changeSet, Engine engine) {
        return !isOneTransaction(changeSet, engine) || mayBecomeReadOnly(changeSet, engine);
    }

    private static boolean isOneTransaction(ChangeSet changeSet, Engine engine) {
        return changeSet.isRunInTransaction() && engine.transactions().scope() == Transactions.Scope.CHANGESET;
    }

    ChangesetExecution start(RunningChangeset started) throws SQLException {
        if (memory.remember(session)) {
            whenLockIsLost.takeAgain();
        }
        ChangeSet changeSet = started.changeSet();
        ChangesetName name = started.name();
        boolean isFirstStart = memory.begins(name);
        Optional<UnfinishedChangeset> left = unfinished.entry(name.value());
        if (isOneTransaction(changeSet, engine)) {
            if (left.isPresent()) {
                throw UnfinishedReasons.hasATransactionNow(name, left.get().done());
            }
            boolean notes = unfinished.canNote() && mayBecomeReadOnly(changeSet, engine);
            return new OneTransaction(
                    engine,
                    session,
                    unfinished,
                    name.value(),
                    notes ? Optional.of(begin(name, changeSet).asWhole()) : Optional.empty(),
                    memory.isOfTheFirstSession()
                            ? Optional.of(new WaitingStatements(engine, session))
                            : Optional.empty(),
                    memory::lastMayHaveChanged,
                    searchPath::is,
                    !Boolean.FALSE.equals(changeSet.getFailOnError()));
        }
        if (!unfinished.canNote()) {
            return new WithoutNotes(engine, session, bounds);
        }
        Resumption resumption = resumption(name, changeSet, left, isFirstStart);
        if (!resumption.note().isEmpty()) {
            // This changes the result of the statements that are done.
            changeSet.setPreconditions(null);
        }
        return new StatementByStatement(
                engine, name, session, unfinished, resumption, changeSet.shouldAlwaysRun(), bounds, deadline);
    }

    private UnfinishedChangeset begin(ChangesetName name, ChangeSet changeSet) {
        return UnfinishedChangeset.begun(name.value(), origin, historyRow.apply(changeSet));
    }

    private Resumption resumption(
            ChangesetName name, ChangeSet changeSet, Optional<UnfinishedChangeset> left, boolean isFirstStart)
            throws SQLException {
        UnfinishedChangeset begin = begin(name, changeSet);
        Leftovers known = begun.get(name);
        boolean isOnNewSession = known == null;
        Leftovers leftovers = known == null ? new Leftovers(engine.statements(), session) : known;
        begun.put(name, leftovers);
        if (left.isEmpty()) {
            return new Resumption(engine, begin, leftovers, isOnNewSession);
        }
        UnfinishedChangeset note = left.get();
        // A {@code runAlways} changeset may be repeated, and the effects of its first half in an earlier run may be out
        // of date.
        if (changeSet.shouldAlwaysRun() && isFirstStart) {
            return new Resumption(engine, begin, leftovers, true);
        }
        if (isOnNewSession && !note.session().left().isEmpty()) {
            if (note.touchedDatabase()) {
                throw UnfinishedReasons.needsItsSession(
                        name, note.done(), String.join(", ", note.session().left()));
            }
            // The statements that are done changed only their session, which has ended. So none of them counts as done.
            return new Resumption(engine, begin, leftovers, true);
        }
        return new Resumption(engine, note, leftovers, isOnNewSession);
    }

    private static boolean mayBecomeReadOnly(ChangeSet changeSet, Engine engine) {
        String sql = changeSet.getChanges().stream()
                .filter(AbstractSQLChange.class::isInstance)
                .map(change -> ((AbstractSQLChange) change).getSql())
                .filter(text -> text != null)
                .reduce("", (one, other) -> one + ";\n" + other);
        return engine.statements().mayBecomeReadOnly(sql);
    }

    SearchPath searchPath() {
        return searchPath;
    }

    void mayChangeSession() {
        memory.mayHaveChanged();
    }

    void executed(ChangesetStatement statement) {
        memory.executed(statement, engine.statements());
    }

    void useOwnSettings() throws SQLException {
        if (memory.hasBegun() && !session.connection().getAutoCommit()) {
            session.useOwnSettings();
        }
    }
}
