package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.journal.Journal;
import io.github.cdkliquibase.lambda.lock.SessionLock;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import liquibase.CatalogAndSchema;
import liquibase.LabelExpression;
import liquibase.Labels;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.exception.UnexpectedLiquibaseException;
import org.jspecify.annotations.Nullable;

/**
 * Runs changelogs with Liquibase. Keeps nothing between runs, so a function that stays warm sees a changed changelog.
 *
 * <p>One run at a time in a JVM: Liquibase's own state is global.
 */
public final class LiquibaseMigration {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int ALIVE_SECONDS = 2;
    private static final SecureRandom RANDOM = new SecureRandom();

    private volatile @Nullable ChangesetProgress current;

    /** Makes a runner; it holds no resources. */
    public LiquibaseMigration() {}

    /**
     * Where the run is that is going on, or that ended last, in words for a reason: {@code " in changeset '…'; 1 of 3
     * changesets were applied and stay"}. Empty before the first changeset. May be asked from any thread.
     */
    public String howFar() {
        ChangesetProgress progress = current;
        return progress == null ? "" : progress.howFar();
    }

    /**
     * Checks what can be checked without a connection.
     *
     * @throws MigrationException if the folder or the root changelog does not exist, or the file lies outside of the
     *     folder, or the label filter is no expression
     */
    public void check(Changelog changelog) {
        ChangelogFolder.requireFile(changelog.folder(), changelog.file());
        try {
            new LabelExpression(changelog.labelFilter()).matches(new Labels("any"));
        } catch (UnexpectedLiquibaseException e) {
            throw new MigrationException(
                    "Property 'LabelFilter' must be an expression of labels, such as 'v1 and !beta', got %s"
                            .formatted(Text.quote(changelog.labelFilter())),
                    e);
        }
    }

    /**
     * Applies the changesets that the database does not have yet, in their order. A connection that is lost in the middle is
     * replaced, and the run goes on with the changeset that was not committed.
     *
     * @param connections opens a connection to the database, and closes the one before; throws the reason if it cannot. What
     *     it gives is left open, in an undefined session state
     * @param lockTimeout how long a statement inside a transaction waits for a table lock, before its changeset is
     *     rolled back and tried again until the deadline
     * @throws MigrationException if not every changeset could be applied; those before the failed one stay
     */
    public MigrationReport update(
            Changelog changelog, Supplier<Connection> connections, Duration lockTimeout, Deadline deadline) {
        Run run = new Run(changelog, lockTimeout, deadline);
        current = run.progress;
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        @Nullable DatabaseMessage lost = null;
        while (true) {
            Connection connection = run.connect(connections);
            try {
                return run.on(connection);
            } catch (MigrationException e) {
                Optional<DatabaseMessage> loss = loss(e, connection);
                Duration pause = backoff.next();
                if (loss.isEmpty() && lost != null && deadline.passed()) {
                    throw new MigrationException(
                            "%s. Before that the connection was lost: %s".formatted(e.getMessage(), lost.withState()),
                            e);
                }
                if (loss.isEmpty() || !Backoff.sleep(pause, deadline)) {
                    throw e;
                }
                lost = loss.get();
                run.progress.reconnects(pause, loss.get());
            }
        }
    }

    // A statement may raise such a state by itself, as foreign data wrappers do: then the connection is as good as
    // before.
    private static Optional<DatabaseMessage> loss(MigrationException failure, Connection connection) {
        return DatabaseMessage.passesOnANewConnection(failure)
                .filter(message -> DatabaseMessage.READ_ONLY.equals(message.sqlState()) || !isAlive(connection));
    }

    private static boolean isAlive(Connection connection) {
        try {
            return connection.isValid(ALIVE_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    /** One update, over all its attempts and connections. */
    private static final class Run {

        private final Changelog changelog;
        private final Duration lockTimeout;
        private final Deadline deadline;
        private final ChangesetProgress progress;
        private final FailureReason reason;
        private final String deploymentId = newDeploymentId();
        private @Nullable MigrationException lastConflict;
        private int appliedThen;

        Run(Changelog changelog, Duration lockTimeout, Deadline deadline) {
            this.changelog = changelog;
            this.lockTimeout = lockTimeout;
            this.deadline = deadline;
            this.progress = new ChangesetProgress(lockTimeout, deadline);
            this.reason = new FailureReason(changelog, progress, deadline, new Redaction(changelog.parameters()));
        }

        // A run that was under way says how far it came when no other connection is to be had.
        Connection connect(Supplier<Connection> connections) {
            try {
                return connections.get();
            } catch (MigrationException e) {
                throw progress.hasBegun() ? new MigrationException(e.getMessage() + progress.lostBefore(), e) : e;
            }
        }

        MigrationReport on(Connection connection) {
            return LiquibaseSession.run(changelog, connection, deploymentId, (database, liquibases) -> {
                try (SessionLock lock = lock(database, connection)) {
                    Backoff backoff = afterConflict();
                    while (true) {
                        ParsedChangelog parsed = read(database);
                        try {
                            apply(parsed, liquibases, lock);
                            return report(parsed);
                        } catch (LiquibaseException | SQLException | RuntimeException | Error e) {
                            progress.attemptFailed();
                            boolean conflict = progress.lostAConflict(e);
                            MigrationException told = reasonOf(e, conflict);
                            Duration pause = backoff.next();
                            if (!conflict || !rolledBack(connection) || !Backoff.sleep(pause, deadline)) {
                                throw told;
                            }
                            progress.triesAgain(pause, DatabaseMessage.of(e).orElseThrow());
                        }
                    }
                }
            });
        }

        // When the time runs out on the way to another attempt, or early in it, what the run failed of is the conflict.
        private MigrationException reasonOf(Throwable failure, boolean conflict) {
            MigrationException told = reason.of(failure);
            if (conflict) {
                lastConflict = told;
                appliedThen = progress.applied();
            } else if (lastConflict != null && deadline.passed() && progress.applied() == appliedThen) {
                return lastConflict;
            }
            return told;
        }

        // About as long as the application was held up, so that its queue drains, and so that a run with a short
        // time-out is not late by much when the way is free.
        private Backoff afterConflict() {
            Duration first = clamp(lockTimeout, FIRST_PAUSE, LONGEST_PAUSE);
            return new Backoff(first, clamp(first.multipliedBy(10), Duration.ofSeconds(1), LONGEST_PAUSE));
        }

        private static Duration clamp(Duration duration, Duration least, Duration most) {
            return Duration.ofMillis(Math.clamp(duration.toMillis(), least.toMillis(), most.toMillis()));
        }

        private ParsedChangelog read(Database database) {
            try {
                return ParsedChangelog.read(changelog, database);
            } catch (LiquibaseException | RuntimeException | Error e) {
                throw reason.ofParsing(e);
            }
        }

        private void apply(ParsedChangelog parsed, ChangesetConnection connection, SessionLock lock)
                throws LiquibaseException, SQLException {
            int pending = parsed.pending();
            if (pending > 0) {
                lock.acquire(deadline);
                // Another run may have applied them while this one waited.
                pending = parsed.pending();
            }
            Journal journal = Journal.read(connection.getUnderlyingConnection(), parsed.historySchema());
            ChangesetProgress.unfinished(journal, parsed.names());
            ChangesetExecutor executor = new ChangesetExecutor(connection, journal, lockTimeout, deadline);
            progress.begins(pending, connection, executor);
            // A commit whose answer was lost with its connection is found here.
            parsed.appliedBy(deploymentId).forEach(progress::wasApplied);
            parsed.leaveOutRepeated(progress::isApplied);
            SessionLockService.within(lock, deadline, () -> parsed.update(progress, executor));
        }

        // Before the pause: a transaction that is open would keep its table locks.
        private static boolean rolledBack(Connection connection) {
            try {
                connection.rollback();
                return true;
            } catch (SQLException e) {
                return false;
            }
        }

        private MigrationReport report(ParsedChangelog parsed) throws LiquibaseException {
            return new MigrationReport(
                    progress.applied(),
                    parsed.total(),
                    progress.lastApplied().isEmpty()
                            ? ChangesetProgress.shown(parsed.newestInHistory())
                            : progress.lastApplied(),
                    progress.applied() == 0 ? "" : deploymentId,
                    progress.firstStart());
        }
    }

    /**
     * Drops what Liquibase finds in the default schema, the history tables included.
     *
     * @param connection to the database; stays open
     * @throws MigrationException if something could not be dropped
     */
    public void dropAll(Changelog changelog, Connection connection, Deadline deadline) {
        LiquibaseSession.run(changelog, connection, newDeploymentId(), (database, liquibases) -> {
            try (SessionLock lock = lock(database, connection)) {
                SessionLockService.within(
                        lock,
                        deadline,
                        () -> new Liquibase(
                                        changelog.file(),
                                        Scope.getCurrentScope().getResourceAccessor(),
                                        database)
                                .dropAll(new CatalogAndSchema(null, database.getDefaultSchemaName())));
            } catch (LiquibaseException | RuntimeException e) {
                throw FailureReason.ofDrop(e);
            }
            return true;
        });
    }

    private static SessionLock lock(Database database, Connection connection) {
        return new SessionLock(
                connection, ParsedChangelog.historySchema(database), database.getDatabaseChangeLogLockTableName());
    }

    // Ten digits, as Liquibase makes them. Its own are of the clock and made once in a JVM; these are by chance, since
    // two runs may begin in the same millisecond, and a run knows its own rows in the history by them.
    private static String newDeploymentId() {
        return "%010d".formatted(RANDOM.nextLong(10_000_000_000L));
    }
}
