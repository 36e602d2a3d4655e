package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RunLock;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock on a changelog: an advisory lock of PostgreSQL that belongs to the session, so that a killed run leaves no
 * lock.
 *
 * <p>A waiting run has no open transaction: the {@code CREATE INDEX CONCURRENTLY} of the running one would wait for it.
 * The row of Liquibase's own lock is respected, and never written, except to release a stale lock.
 */
final class SessionLock implements RunLock {

    private static final Logger LOG = LoggerFactory.getLogger(SessionLock.class);

    private static final Duration FIRST_POLL = Duration.ofMillis(100);
    private static final Duration LONGEST_POLL = Duration.ofSeconds(1);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(15);

    private final Connection connection;
    private final AdvisoryLock lock;
    private final LockRow row;
    private final Duration longestAnswer;
    private boolean held;

    SessionLock(Connection connection, HistoryTables tables, Duration lockTimeout) {
        this.connection = connection;
        this.lock = new AdvisoryLock(connection, LockKey.of(tables));
        this.row = new LockRow(connection, tables.schema(), tables.lock());
        this.longestAnswer = LONGEST_ANSWER.plus(lockTimeout);
    }

    @Override
    public void acquire(Deadline deadline) throws SQLException {
        if (held) {
            return;
        }
        Duration atStart = deadline.left();
        held = poll(deadline, atStart, () -> lock.tryLock() ? Optional.empty() : Optional.of(lock.holder()));
        poll(deadline, atStart, row::claim);
    }

    @Override
    public void acquireAgain(Deadline deadline) throws SQLException {
        held = false;
        acquire(deadline);
    }

    @FunctionalInterface
    private interface Attempt {

        /** Empty if it succeeded; otherwise the obstacle. */
        Optional<Obstacle> make() throws SQLException;
    }

    private boolean poll(Deadline deadline, Duration atStart, Attempt attempt) throws SQLException {
        Backoff backoff = new Backoff(FIRST_POLL, LONGEST_POLL);
        boolean isWaiting = false;
        while (true) {
            Optional<Obstacle> obstacle = inTime(attempt);
            if (obstacle.isEmpty()) {
                if (isWaiting) {
                    logAcquired(waited(deadline, atStart));
                }
                return true;
            }
            if (!isWaiting) {
                isWaiting = true;
                logWaiting(obstacle.get(), deadline);
            }
            if (!Backoff.sleep(backoff.next(), deadline)) {
                throw notAcquired(obstacle.get(), waited(deadline, atStart));
            }
        }
    }

    private static Duration waited(Deadline deadline, Duration atStart) {
        return atStart.minus(deadline.left());
    }

    private static void logAcquired(Duration waited) {
        LOG.atInfo()
                .addKeyValue("event", "lock.acquired")
                .addKeyValue("waitedMillis", waited.toMillis())
                .log("Acquired the changelog lock");
    }

    private static void logWaiting(Obstacle obstacle, Deadline deadline) {
        LOG.atInfo()
                .addKeyValue("event", "lock.waiting")
                .addKeyValue("leftMillis", deadline.left().toMillis())
                .log("Waiting for the changelog lock: {}", obstacle.who());
    }

    private static MigrationException notAcquired(Obstacle obstacle, Duration waited) {
        return new MigrationException("Could not acquire the changelog lock within %d s: %s. %s"
                .formatted(waited.toSeconds(), obstacle.who(), obstacle.advice()));
    }

    // A query as short as this one has its answer by then, or the network has lost it: keepalive does not cover data
    // that was not acknowledged.
    private Optional<Obstacle> inTime(Attempt attempt) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, Math.clamp(longestAnswer.toMillis(), 0, Integer.MAX_VALUE));
        Optional<Obstacle> obstacle = attempt.make();
        connection.rollback();
        connection.setNetworkTimeout(Runnable::run, 0);
        return obstacle;
    }

    // The session cannot be asked any more, so it will not hold the lock for long.
    @Override
    public void close() {
        if (!held) {
            return;
        }
        held = false;
        try {
            if (connection.isClosed()) {
                return;
            }
            connection.rollback();
            lock.unlock();
            connection.rollback();
        } catch (SQLException e) {
            LOG.info("The changelog lock could not be released and ends with its session");
        }
    }
}
