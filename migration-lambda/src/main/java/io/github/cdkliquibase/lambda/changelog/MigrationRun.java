package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.FailureReason.Culprit;
import io.github.cdkliquibase.lambda.changelog.FailureReason.HistoryPlace;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetConnection;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetExecutions;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetExecutor;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetListener;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetLog;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.changelog.execution.RunningChangeset;
import io.github.cdkliquibase.lambda.changelog.execution.SessionMemory;
import io.github.cdkliquibase.lambda.changelog.files.FolderResources;
import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.postgresql.BlockerWatch;
import io.github.cdkliquibase.lambda.engine.postgresql.RunSession;
import io.github.cdkliquibase.lambda.engine.postgresql.SchemaObject;
import io.github.cdkliquibase.lambda.engine.postgresql.ServerState;
import io.github.cdkliquibase.lambda.engine.postgresql.StatementBounds;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.history.HistoryState;
import io.github.cdkliquibase.lambda.history.HistoryTables;
import io.github.cdkliquibase.lambda.history.SchemaOwnership;
import io.github.cdkliquibase.lambda.history.UnfinishedChangeset.Origin;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import io.github.cdkliquibase.lambda.lock.SessionLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;

/** One run of a changelog, over all its attempts and connections. */
final class MigrationRun {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /**
     * After this many losses in one statement, with the server reachable in between, the statement counts as the cause.
     */
    private static final int MOST_LOSSES = 3;

    /** Liquibase's columns of the history. A table with fewer columns is of an old version. */
    private static final List<String> HISTORY_COLUMNS = List.of(
            "id",
            "author",
            "filename",
            "dateexecuted",
            "orderexecuted",
            "exectype",
            "md5sum",
            "description",
            "comments",
            "tag",
            "liquibase",
            "contexts",
            "labels",
            "deployment_id");

    private final Changelog changelog;
    private final RunOptions options;
    private final DatabaseConnections connections;
    private final Deadline deadline;
    private final String deploymentId;
    private final RunProgress progress = new RunProgress();
    private final ChangesetLog log = new ChangesetLog(progress);
    private final FailureReason reasons;
    private final SessionMemory memory = new SessionMemory();
    private final Losses losses = new Losses();

    private volatile Optional<ChangesetListener> listener = Optional.empty();
    private Optional<ParsedChangelog> parsed = Optional.empty();
    private Optional<ChangelogReview> review = Optional.empty();
    private Optional<Conflict> lastConflict = Optional.empty();

    /** The changeset that must start again; empty as soon as an attempt has done so. */
    private Optional<String> restart;

    /** A conflict with another session that ended an attempt, and the progress of the run at that time. */
    private record Conflict(MigrationException reason, int applied) {}

    /** An attempt that ended early. */
    private static final class AttemptFailedException extends Exception {

        private static final long serialVersionUID = 1;

        private final MigrationException reason;
        private final transient Optional<DatabaseMessage> loss;
        private final transient Optional<Culprit> culprit;
        private final int statement;

        AttemptFailedException(
                MigrationException reason, Optional<DatabaseMessage> loss, Optional<Culprit> culprit, int statement) {
            super(reason);
            this.reason = reason;
            this.loss = loss;
            this.culprit = culprit;
            this.statement = statement;
        }
    }

    /** Another run wrote to the history after the attempt had read it. */
    private static final class HistoryChangedException extends RuntimeException {

        private static final long serialVersionUID = 1;
    }

    /** Counts consecutive losses of the connection in one statement of one changeset. */
    private static final class Losses {

        private Optional<String> place = Optional.empty();
        private int times;

        int count(Optional<Culprit> culprit, int statement) {
            Optional<String> now = culprit.map(each -> each.changeset().name().value() + " " + statement);
            times = now.isPresent() && now.equals(place) ? times + 1 : 1;
            place = now;
            return now.isPresent() ? times : 0;
        }
    }

    MigrationRun(
            Changelog changelog,
            RunOptions options,
            DatabaseConnections connections,
            Deadline deadline,
            String deploymentId) {
        this.changelog = changelog;
        this.options = options;
        this.connections = connections;
        this.deadline = deadline;
        this.deploymentId = deploymentId;
        this.restart = options.restartChangeset();
        this.reasons = new FailureReason(changelog, progress, deadline);
    }

    /**
     * Says where the run is, as the end of a clause; empty before the first changeset. May be asked from any thread.
     */
    String progressText() {
        return running()
                .map(each -> " in changeset '%s'; %s".formatted(each.name(), progress.counts()))
                .orElse("");
    }

    /**
     * Applies the pending changesets.
     *
     * @throws MigrationException if not every changeset could be applied; those before the failed one stay
     */
    MigrationReport execute() {
        return LiquibaseScope.run(changelog, deploymentId, options.serverMessages(), this::overConnections);
    }

    private MigrationReport overConnections(FolderResources files) {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Optional<AttemptFailedException> lost = Optional.empty();
        while (true) {
            Connection connection = connect(lost);
            try {
                return on(connection, files);
            } catch (AttemptFailedException e) {
                Duration pause = backoff.next();
                if (e.loss.isEmpty()) {
                    throw lost.filter(before -> deadline.passed())
                            .map(before -> afterLoss(e.reason, before))
                            .orElse(e.reason);
                }
                // On another connection, the changeset would repeat statements that were committed without a record.
                if (!e.culprit.map(Culprit::fate).map(Fate::canGoOn).orElse(true)) {
                    throw e.reason;
                }
                // During a failover, the endpoint may lead to a server that is read-only.
                int times = DatabaseMessage.READ_ONLY.equals(e.loss.get().sqlState())
                        ? 0
                        : losses.count(e.culprit, e.statement);
                if (times >= MOST_LOSSES) {
                    throw reasons.losesItsConnection(e.loss.get(), times, e.culprit.orElseThrow(), e.reason);
                }
                if (!Backoff.sleep(pause, deadline)) {
                    throw e.reason;
                }
                lost = Optional.of(e);
                log.reconnects(e.culprit.map(Culprit::changeset), pause, e.loss.get());
            }
        }
    }

    private static MigrationException afterLoss(MigrationException reason, AttemptFailedException before) {
        return new MigrationException(
                "%s. Before that the connection was lost: %s"
                        .formatted(
                                reason.getMessage(),
                                before.loss.map(DatabaseMessage::withState).orElse("")),
                reason);
    }

    private Connection connect(Optional<AttemptFailedException> lost) {
        try {
            return connections.open();
        } catch (MigrationException e) {
            throw reasons.lostForGood(e, lost.flatMap(before -> before.culprit));
        }
    }

    private Optional<RunningChangeset> running() {
        return listener.flatMap(ChangesetListener::running);
    }

    private MigrationReport on(Connection connection, FolderResources files) throws AttemptFailedException {
        ChangesetConnection liquibases = new ChangesetConnection(connection);
        try (RunConnection work =
                new RunConnection(liquibases, LiquibaseScope.database(changelog, liquibases), connection, files)) {
            Backoff backoff = afterConflict();
            while (true) {
                try {
                    return work.attempt();
                } catch (LiquibaseException | SQLException | RuntimeException | Error e) {
                    if (Causes.find(e, HistoryChangedException.class).isPresent()) {
                        work.beginsAgain();
                        continue;
                    }
                    boolean isConflict = work.lostAConflict(e);
                    AttemptFailedException failed = work.failed(e, isConflict);
                    Duration pause = backoff.next();
                    if (!isConflict || !rolledBack(connection) || !Backoff.sleep(pause, deadline)) {
                        throw failed;
                    }
                    log.retries(running(), pause, DatabaseMessage.of(e).orElseThrow());
                    listener = Optional.empty();
                }
            }
        } catch (LiquibaseException | SQLException | MigrationException e) {
            throw new AttemptFailedException(
                    FailureReason.ofPreparing(e), ServerState.loss(e, connection), Optional.empty(), 0);
        } finally {
            LiquibaseScope.forget();
        }
    }

    private SessionLock lock(Database database, Connection connection) {
        return new SessionLock(
                connection,
                ParsedChangelog.historySchema(database),
                database.getDatabaseChangeLogLockTableName(),
                options.lockTimeout());
    }

    // If the time runs out before the next attempt, or early in it, the reason is the conflict.
    private MigrationException reasonOf(MigrationException reason, boolean isConflict) {
        if (isConflict) {
            lastConflict = Optional.of(new Conflict(reason, progress.applied()));
            return reason;
        }
        return lastConflict
                .filter(conflict -> deadline.passed() && progress.applied() == conflict.applied())
                .map(Conflict::reason)
                .orElse(reason);
    }

    // The pause is about as long as the application was blocked, so that its queue drains. With a short timeout it is
    // short, so the run starts soon after the lock is free.
    private Backoff afterConflict() {
        Duration first = clamp(options.lockTimeout(), FIRST_PAUSE, LONGEST_PAUSE);
        return new Backoff(first, clamp(first.multipliedBy(10), Duration.ofSeconds(1), LONGEST_PAUSE));
    }

    private static Duration clamp(Duration duration, Duration least, Duration most) {
        return Duration.ofMillis(Math.clamp(duration.toMillis(), least.toMillis(), most.toMillis()));
    }

    // Done before the pause: an open transaction would keep its table locks.
    private static boolean rolledBack(Connection connection) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private ParsedChangelog parsed(Database database, FolderResources files) throws LiquibaseException {
        if (parsed.isEmpty()) {
            try {
                ParsedChangelog read = ParsedChangelog.read(changelog, database);
                parsed = Optional.of(read);
                review = review.or(() -> Optional.of(new ChangelogReview(read, files.opened())));
            } catch (LiquibaseException | RuntimeException | Error e) {
                if (DatabaseMessage.of(e).isPresent()) {
                    // Liquibase reads the history while it reads the changelog.
                    throw e;
                }
                throw reasons.ofParsing(e);
            }
        }
        return parsed.get();
    }

    /** The objects that a run uses on one connection. */
    private record Workbench(
            RunSession session,
            UnfinishedChangesets unfinished,
            StatementBounds bounds,
            ChangesetExecutor executor,
            BlockerWatch watch) {}

    /** The run on one connection, over its attempts. */
    private final class RunConnection implements AutoCloseable {

        private final ChangesetConnection liquibases;
        private final Database database;
        private final SessionLock lock;
        private final Connection connection;
        private final FolderResources files;
        private final HistoryPlace historyPlace;
        private final SchemaOwnership ownership;
        private Optional<Workbench> workbench = Optional.empty();
        private boolean hasRestored;
        private int newestOrder;

        RunConnection(ChangesetConnection liquibases, Database database, Connection connection, FolderResources files)
                throws SQLException {
            this.liquibases = liquibases;
            this.database = database;
            this.lock = lock(database, connection);
            this.connection = connection;
            this.files = files;
            // Read now: a lost connection cannot be asked for its user.
            this.historyPlace = new HistoryPlace(
                    ParsedChangelog.historySchema(database),
                    connection.getMetaData().getUserName(),
                    database.getDatabaseChangeLogTableName(),
                    database.getDatabaseChangeLogLockTableName());
            this.ownership = new SchemaOwnership(
                    connection,
                    tables(),
                    Objects.requireNonNullElse(database.getDefaultSchemaName(), historyPlace.schema()),
                    options.resource(),
                    options.dropsOnDelete());
        }

        MigrationReport attempt() throws LiquibaseException, SQLException {
            ParsedChangelog current = parsed(database, files);
            ChangelogReview warnings = review.orElseThrow();
            current.validate(database);
            List<ChangeSet> pending = current.pending(database);
            warnings.undefinedParameters(
                    pending, options.undefinedParameters() == RunOptions.UndefinedParameters.REFUSE);
            CommandChange.decide(pending, options.executeCommand());
            if (progress.hasBegun()) {
                findApplied(current);
            } else {
                warnings.unseenSql(pending);
                warnings.historyAhead(current.unknownInHistory(database));
            }
            HistoryState state = HistoryState.read(tables(), HISTORY_COLUMNS, connection);
            if (!progress.hasBegun() && isBeginning(current, pending)) {
                new EmptyHistory(changelog, tables(), connection)
                        .refuseSecondBeginning(
                                current,
                                state,
                                current.newestInHistory(database).isPresent());
            }
            ownership.refuseUntold(state);
            if (pending.isEmpty() && !needsAHand(state) && !current.hasOldChecksums(database)) {
                progress.begins(0);
            } else {
                apply(current);
            }
            return report(current);
        }

        // After a change of the search path, it may select the history of another changelog.
        private boolean isBeginning(ParsedChangelog current, List<ChangeSet> pending) throws LiquibaseException {
            return current.newestInHistory(database).isEmpty()
                    || (!pending.isEmpty() && !current.isInHistory(database));
        }

        // Finds a commit whose answer was lost with its connection.
        private void findApplied(ParsedChangelog current) throws LiquibaseException {
            current.appliedBy(deploymentId, database).forEach(progress::applied);
        }

        // Recovers the unfinished work of earlier runs, even if the changeset is no longer in the changelog.
        private boolean needsAHand(HistoryState state) {
            return state.columns() < HISTORY_COLUMNS.size() || state.hasUnfinished() || ownership.isDue(state);
        }

        private HistoryTables tables() {
            return new HistoryTables(
                    ParsedChangelog.historySchema(database),
                    database.getDatabaseChangeLogTableName(),
                    database.getDatabaseChangeLogLockTableName());
        }

        private void apply(ParsedChangelog current) throws LiquibaseException, SQLException {
            lock.acquire(deadline);
            Workbench tools = workbench(current);
            HistoryState state = HistoryState.read(tables(), HISTORY_COLUMNS, connection);
            List<SchemaObject> before = ownership.before(state);
            new LockTable(database, connection).make(() -> ownership.note(state, before));
            current.prepareHistory(database);
            tools.unfinished().reload();
            UnfinishedRecovery recovery = new UnfinishedRecovery(
                    tools.unfinished(), current, database, tools.session(), tools.bounds(), deadline);
            recovery.recover(restart);
            restart = Optional.empty();
            // Another run may have applied these changesets while this one waited.
            List<ChangeSet> pending = current.pending(database);
            recovery.createTableFor(pending);
            progress.begins(pending.size());
            findApplied(current);
            current.leaveOutRepeated(progress::isApplied);
            newestOrder = current.newestOrder(database);
            connection.commit();
            restoreSession(tools.session());
            ChangesetListener following = new ChangesetListener(progress, log, tools.executor(), deadline);
            listener = Optional.of(following);
            current.update(database, following);
        }

        private void restoreSession(RunSession session) throws SQLException {
            if (!hasRestored) {
                memory.restoreTo(session, progress::isApplied);
                hasRestored = true;
            }
        }

        // Another run may have worked in between. Then the attempt's view of the history is out of date.
        private void takeLockAgain() throws SQLException {
            lock.acquireAgain(deadline);
            try {
                if (parsed.orElseThrow().isWrittenByOthers(newestOrder, deploymentId, database)) {
                    throw new HistoryChangedException();
                }
            } catch (LiquibaseException e) {
                throw FailureReason.ofPreparing(e);
            }
        }

        void beginsAgain() {
            rolledBack(connection);
            workbench.ifPresent(tools -> tools.executor().changesetEnds());
            readAgainIfSpent();
            listener = Optional.empty();
        }

        private void readAgainIfSpent() {
            if (listener.filter(ChangesetListener::hasSpentAChangeset).isPresent()) {
                parsed = Optional.empty();
            }
        }

        private Workbench workbench(ParsedChangelog current) throws SQLException {
            if (workbench.isPresent()) {
                return workbench.get();
            }
            RunSession session = RunSession.of(connection, lock.classId(), lock.objectId());
            UnfinishedChangesets unfinished = UnfinishedChangesets.of(session, tables());
            connection.rollback();
            BlockerWatch watch = BlockerWatch.of(connection, connections::openAside, options.lockTimeout());
            StatementBounds bounds = new StatementBounds(connection, options.lockTimeout(), deadline);
            ChangesetExecutions executions = new ChangesetExecutions(
                    session,
                    memory,
                    this::takeLockAgain,
                    unfinished,
                    new Origin(changelog.file(), options.resource().words()),
                    changeSet -> current.historyRow(changeSet, database),
                    bounds,
                    deadline);
            ChangesetExecutor executor =
                    new ChangesetExecutor(liquibases, executions, watch, new StatementMask(current.parameters()));
            current.executeWith(executor, database);
            Workbench made = new Workbench(session, unfinished, bounds, executor, watch);
            workbench = Optional.of(made);
            return made;
        }

        private MigrationReport report(ParsedChangelog current) throws LiquibaseException {
            Optional<ChangesetName> last =
                    progress.lastApplied().isPresent() ? progress.lastApplied() : current.newestInHistory(database);
            return new MigrationReport(
                    progress.applied(),
                    current.total(database),
                    last.map(ChangesetName::toString).orElse(""),
                    progress.applied() == 0 ? "" : deploymentId,
                    progress.firstStart().orElse(null),
                    review.map(ChangelogReview::warnings).orElse(0));
        }

        boolean lostAConflict(Throwable failure) {
            boolean canBeRetried = running().isEmpty()
                    || workbench
                            .filter(tools -> tools.executor().canBeRetried())
                            .isPresent();
            return canBeRetried
                    && Causes.find(failure, MigrationException.class).isEmpty()
                    && DatabaseMessage.isConflict(failure);
        }

        AttemptFailedException failed(Throwable failure, boolean isConflict) {
            boolean madeItselfReadOnly =
                    DatabaseMessage.hasState(failure, DatabaseMessage.READ_ONLY) && ServerState.takesWrites(connection);
            Optional<Culprit> culprit = running()
                    .map(changeset -> new Culprit(
                            changeset,
                            workbench.orElseThrow().executor().fate(),
                            workbench.orElseThrow().executor().place(),
                            textOf(changeset, failure),
                            workbench.orElseThrow().watch().blocker(),
                            madeItselfReadOnly));
            int statement = workbench.map(tools -> tools.executor().statement()).orElse(0);
            MigrationException reason = reasonOf(reasons.of(failure, culprit, historyPlace), isConflict);
            culprit.ifPresent(each -> log.failed(each.changeset(), reasons.cause(failure, each.text())));
            workbench.ifPresent(tools -> tools.executor().changesetEnds());
            readAgainIfSpent();
            return new AttemptFailedException(
                    reason,
                    madeItselfReadOnly ? Optional.empty() : ServerState.loss(failure, connection),
                    culprit,
                    statement);
        }

        private ChangelogText textOf(RunningChangeset changeset, Throwable failure) {
            if (DatabaseMessage.of(failure).isEmpty()) {
                return ChangelogText.UNKNOWN;
            }
            return parsed.map(current -> new StatementMask(current.parameters())
                            .text(workbench.orElseThrow().executor().place(), changeset.changeSet()))
                    .orElse(ChangelogText.UNKNOWN);
        }

        // An empty table of unfinished changesets is dropped.
        @Override
        public void close() {
            workbench.ifPresent(tools -> {
                tools.watch().close();
                tools.unfinished().dropIfEmpty();
            });
            lock.close();
        }
    }
}
