package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetConnection;
import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.changelog.files.FolderResources;
import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import liquibase.exception.LiquibaseException;

/**
 * One run of a changelog, over its connections. A conflict with another session is tried again on the same connection, and a
 * connection that was lost is replaced.
 */
final class MigrationRun {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /**
     * After this many losses in one statement, with the server reachable in between, the statement counts as the cause.
     */
    private static final int MOST_LOSSES = 3;

    private final RunContext run;
    private final Losses losses = new Losses();
    private final Conflicts conflicts;

    MigrationRun(RunContext run) {
        this.run = run;
        this.conflicts = new Conflicts(run.progress(), run.deadline());
    }

    /**
     * Says where the run is, as the end of a clause; empty before the first changeset. May be asked from any thread.
     */
    String progressText() {
        return run.progress()
                .running()
                .map(each -> " in changeset '%s'; %s"
                        .formatted(each.name(), run.progress().counts()))
                .orElse("");
    }

    /**
     * Applies the pending changesets.
     *
     * @throws MigrationException if not every changeset could be applied; those before the failed one stay
     */
    MigrationReport execute() {
        return LiquibaseScope.run(
                run.changelog(),
                run.deploymentId(),
                run.options().serverMessages(),
                run.engine().failures(),
                this::overConnections);
    }

    private MigrationReport overConnections(FolderResources files) {
        RunChangelog changelog = new RunChangelog(run, files);
        Restart restart = new Restart(run.options().restartChangeset());
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Optional<AttemptFailedException> lost = Optional.empty();
        while (true) {
            Connection connection = connect(lost);
            try {
                return on(connection, changelog, restart);
            } catch (AttemptFailedException e) {
                Duration pause = backoff.next();
                DatabaseMessage loss = lossOrThrow(e, lost);
                if (!Backoff.sleep(pause, run.deadline())) {
                    throw e.reason();
                }
                lost = Optional.of(e);
                run.log().reconnects(e.culprit().map(Culprit::changeset), pause, loss);
            }
        }
    }

    // What the database said when the connection was lost, if the run may go on with another one.
    private DatabaseMessage lossOrThrow(AttemptFailedException failure, Optional<AttemptFailedException> lostBefore) {
        if (failure.loss().isEmpty()) {
            throw lostBefore
                    .filter(before -> run.deadline().passed())
                    .map(before -> afterLoss(failure.reason(), before))
                    .orElse(failure.reason());
        }
        // On another connection, the changeset would repeat statements that were committed without a record.
        if (!failure.culprit().map(Culprit::fate).map(Fate::canGoOn).orElse(true)) {
            throw failure.reason();
        }
        DatabaseMessage loss = failure.loss().get();
        // During a failover, the endpoint may lead to a server that is read-only.
        int times = loss.kind() == FailureKind.READ_ONLY ? 0 : losses.count(failure.place());
        if (times >= MOST_LOSSES) {
            throw run.reasons()
                    .losses()
                    .repeatedly(loss, times, failure.culprit().orElseThrow(), failure.reason());
        }
        return loss;
    }

    private static MigrationException afterLoss(MigrationException reason, AttemptFailedException before) {
        return new MigrationException(
                "%s. Before that the connection was lost: %s"
                        .formatted(
                                reason.getMessage(),
                                before.loss().map(DatabaseMessage::withState).orElse("")),
                reason);
    }

    private Connection connect(Optional<AttemptFailedException> lost) {
        try {
            return run.connections().open();
        } catch (MigrationException e) {
            throw run.reasons().losses().forGood(e, lost);
        }
    }

    private MigrationReport on(Connection connection, RunChangelog changelog, Restart restart)
            throws AttemptFailedException {
        Engine engine = run.engine();
        ChangesetConnection liquibaseConnection = new ChangesetConnection(connection, engine.catalog());
        try (ConnectionRun attempts = new ConnectionRun(
                run,
                changelog,
                restart,
                liquibaseConnection,
                LiquibaseScope.database(run.changelog(), liquibaseConnection, engine))) {
            return overAttempts(attempts, connection);
        } catch (LiquibaseException | SQLException | MigrationException e) {
            throw new AttemptFailedException(
                    FailureReason.ofPreparing(e, engine.failures()),
                    engine.sessions().loss(e, connection),
                    Optional.empty(),
                    0);
        } finally {
            LiquibaseScope.forget();
        }
    }

    // The pause is about as long as the application was blocked, so that its queue drains. With a short timeout it is
    // short, so the run starts soon after the lock is free.
    private MigrationReport overAttempts(ConnectionRun attempts, Connection connection)
            throws AttemptFailedException, SQLException {
        Backoff backoff = afterConflict();
        while (true) {
            try {
                return attempts.attempt();
            } catch (LiquibaseException | SQLException | RuntimeException | Error e) {
                if (Causes.find(e, HistoryChangedException.class).isPresent()) {
                    attempts.beginsAgain();
                    continue;
                }
                boolean isConflict = attempts.lostAConflict(e);
                AttemptFailedException failed = attempts.failed(e, reason -> conflicts.reason(reason, isConflict));
                Duration pause = backoff.next();
                if (!isConflict || !rolledBack(connection) || !Backoff.sleep(pause, run.deadline())) {
                    throw failed;
                }
                run.log()
                        .retries(
                                failed.culprit().map(Culprit::changeset),
                                pause,
                                run.engine().failures().of(e).orElseThrow());
                attempts.ended();
            }
        }
    }

    private Backoff afterConflict() {
        Duration first = clamp(run.options().lockTimeout(), FIRST_PAUSE, LONGEST_PAUSE);
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
}
