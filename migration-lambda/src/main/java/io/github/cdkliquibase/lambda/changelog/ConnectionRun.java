package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetConnection;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetListener;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.changelog.execution.RunningChangeset;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RunLock;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.SchemaObject;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.history.SchemaOwnership;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;

/** A run on one of its connections, over its attempts there. */
final class ConnectionRun implements AutoCloseable {

    private final RunContext run;
    private final RunProgress progress;
    private final Engine engine;
    private final RunChangelog changelog;
    private final Restart restart;
    private final ChangesetConnection liquibaseConnection;
    private final Connection connection;
    private final Database database;
    private final HistoryTables tables;
    private final RunLock lock;
    private final HistoryPlace historyPlace;
    private final SchemaOwnership ownership;
    private final DeployRecorder recorder;
    private Optional<Workbench> workbench = Optional.empty();
    private Optional<ChangesetListener> listener = Optional.empty();
    private boolean hasRestored;
    private int newestOrder;

    ConnectionRun(
            RunContext run,
            RunChangelog changelog,
            Restart restart,
            ChangesetConnection liquibaseConnection,
            Database database)
            throws SQLException {
        this.run = run;
        this.progress = run.progress();
        this.engine = run.engine();
        this.changelog = changelog;
        this.restart = restart;
        this.liquibaseConnection = liquibaseConnection;
        this.connection = liquibaseConnection.getUnderlyingConnection();
        this.database = database;
        this.tables = LiquibaseTables.of(database);
        this.lock = engine.sessions().lock(connection, tables, run.options().lockTimeout());
        // Read now: a lost connection cannot be asked for its user.
        this.historyPlace = new HistoryPlace(
                tables.schema(), connection.getMetaData().getUserName(), tables.history(), tables.lock());
        this.ownership = new SchemaOwnership(
                engine,
                connection,
                tables,
                Objects.requireNonNullElse(database.getDefaultSchemaName(), tables.schema()),
                run.options().resource(),
                run.options().dropsOnDelete());
        this.recorder = new DeployRecorder(run, connection, tables);
    }

    /** Applies what is pending. */
    MigrationReport attempt() throws LiquibaseException, SQLException {
        ParsedChangelog current = changelog.read(database);
        current.validate(database);
        List<ChangeSet> pending = current.pending(database);
        ChangelogReview warnings = changelog.review().orElseThrow();
        warnings.undefinedParameters(
                pending, run.options().undefinedParameters() == RunOptions.UndefinedParameters.REFUSE);
        CommandChange.decide(pending, run.options().executeCommand());
        HistoryState state = engine.catalog().history(tables, connection);
        if (progress.hasBegun()) {
            findApplied(current);
        } else {
            warnings.unseenSql(pending);
            warnings.historyAhead(current.unknownInHistory(database));
            refuseSecondBeginning(current, pending, state);
        }
        ownership.refuseUntold(state);
        if (pending.isEmpty() && !needsAHand(state) && !current.hasOldChecksums(database)) {
            progress.begins(0);
            recorder.begins(state, Optional.empty());
        } else {
            apply(current);
        }
        MigrationReport report = report(current);
        recorder.ends(session(), current, database, report);
        return report;
    }

    // After a change of the search path, it may select the history of another changelog.
    private void refuseSecondBeginning(ParsedChangelog current, List<ChangeSet> pending, HistoryState state)
            throws LiquibaseException, SQLException {
        boolean showsOthers = current.newestInHistory(database).isPresent();
        if (!showsOthers || (!pending.isEmpty() && !current.isInHistory(database))) {
            new EmptyHistory(run.changelog(), tables, engine.catalog(), connection)
                    .refuseSecondBeginning(current, state, showsOthers);
        }
    }

    // Finds a commit whose answer was lost with its connection.
    private void findApplied(ParsedChangelog current) throws LiquibaseException {
        current.appliedBy(run.deploymentId(), database).forEach(progress::applied);
    }

    // A run repairs unfinished work of an earlier run, even if its changeset is no longer in the changelog.
    private boolean needsAHand(HistoryState state) {
        return state.columns() < HistoryTables.COLUMNS.size() || state.hasUnfinished() || ownership.isDue(state);
    }

    private void apply(ParsedChangelog current) throws LiquibaseException, SQLException {
        lock.acquire(run.deadline());
        Workbench tools = workbench(current);
        HistoryState state = engine.catalog().history(tables, connection);
        List<SchemaObject> before = ownership.before(state);
        new LockTable(database, connection, engine).make(() -> ownership.note(state, before));
        current.prepareHistory(database, state);
        tools.unfinished().reload();
        UnfinishedRecovery recovery = new UnfinishedRecovery(
                engine, tools.unfinished(), current, database, tools.session(), tools.bounds(), run.deadline());
        recovery.recover(restart.changeset());
        restart.done();
        // Another run may have applied these changesets while this one waited.
        List<ChangeSet> pending = current.pendingNow(database);
        recovery.createTableFor(pending);
        progress.begins(pending.size());
        findApplied(current);
        current.leaveOutRepeated(progress::isApplied);
        newestOrder = current.newestOrder(database);
        connection.commit();
        recorder.begins(state, session());
        restoreSession(tools.session());
        ChangesetListener following = new ChangesetListener(progress, run.log(), tools.executor(), run.deadline());
        listener = Optional.of(following);
        current.update(database, following);
    }

    private void restoreSession(RunSession session) throws SQLException {
        if (!hasRestored) {
            run.memory().restoreTo(session, progress::isApplied);
            hasRestored = true;
        }
    }

    // Another run may have worked in between. Then the attempt's view of the history is out of date.
    private void takeLockAgain() throws SQLException {
        lock.acquireAgain(run.deadline());
        try {
            if (changelog.parsed().orElseThrow().isWrittenByOthers(newestOrder, run.deploymentId(), database)) {
                throw new HistoryChangedException();
            }
        } catch (LiquibaseException e) {
            throw FailureReason.ofPreparing(e, engine.failures());
        }
    }

    private Workbench workbench(ParsedChangelog current) throws SQLException {
        if (workbench.isEmpty()) {
            workbench =
                    Optional.of(Workbench.on(liquibaseConnection, tables, run, current, database, this::takeLockAgain));
        }
        return workbench.get();
    }

    private MigrationReport report(ParsedChangelog current) throws LiquibaseException {
        Optional<ChangesetName> last =
                progress.lastApplied().isPresent() ? progress.lastApplied() : current.newestInHistory(database);
        return new MigrationReport(
                progress.applied(),
                current.total(database),
                last.map(ChangesetName::toString).orElse(""),
                progress.applied() == 0 ? "" : run.deploymentId(),
                progress.firstStart().orElse(null),
                false,
                changelog.review().map(ChangelogReview::warnings).orElse(0));
    }

    private Optional<RunSession> session() {
        return workbench.map(Workbench::session);
    }

    private Optional<RunningChangeset> running() {
        return listener.flatMap(ChangesetListener::running);
    }

    /** Whether an attempt lost against another session, and nothing of it is left. */
    boolean lostAConflict(Throwable failure) {
        boolean canBeRetried = running().isEmpty()
                || workbench.filter(tools -> tools.executor().canBeRetried()).isPresent();
        return canBeRetried
                && Causes.find(failure, MigrationException.class).isEmpty()
                && engine.failures().kind(failure).isConflict();
    }

    /**
     * The attempt has failed.
     *
     * @param reported says which reason is reported in the place of the attempt's own
     */
    AttemptFailedException failed(Throwable failure, UnaryOperator<MigrationException> reported) {
        boolean madeItselfReadOnly = engine.failures().kind(failure) == FailureKind.READ_ONLY
                && engine.sessions().takesWrites(connection);
        Optional<Culprit> culprit = running()
                .map(changeset ->
                        workbench.orElseThrow().culprit(changeset, failure, changelog.parsed(), madeItselfReadOnly));
        int statement = workbench.map(tools -> tools.executor().statement()).orElse(0);
        MigrationException reason = reported.apply(run.reasons().of(failure, culprit, historyPlace));
        culprit.ifPresent(each ->
                run.log().failed(each.changeset(), run.reasons().cause(failure, each.text())));
        endChangeset();
        Optional<DatabaseMessage> loss =
                madeItselfReadOnly ? Optional.empty() : engine.sessions().loss(failure, connection);
        recorder.fails(loss.isPresent(), session());
        return new AttemptFailedException(reason, loss, culprit, statement);
    }

    /** Another run has written the history: the next attempt reads it. */
    void beginsAgain() throws SQLException {
        try {
            connection.rollback();
        } finally {
            // Also where the connection is lost: the changelog lives longer, and its changesets remember this attempt.
            endChangeset();
            ended();
        }
    }

    private void endChangeset() {
        workbench.ifPresent(tools -> tools.executor().changesetEnds());
        if (listener.filter(ChangesetListener::hasSpentAChangeset).isPresent()) {
            changelog.forget();
        }
    }

    /** The attempt has ended, and another one follows on this connection. */
    void ended() {
        listener = Optional.empty();
        progress.nothingRuns();
    }

    @Override
    public void close() {
        workbench.ifPresent(Workbench::close);
        lock.close();
    }
}
