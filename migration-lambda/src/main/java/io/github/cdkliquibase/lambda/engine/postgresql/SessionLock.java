package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RunLock;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
    private final LockKey key;
    private final LockRow row;
    private final Duration longestAnswer;
    private boolean held;

    SessionLock(Connection connection, HistoryTables tables, Duration lockTimeout) {
        this.connection = connection;
        this.key = LockKey.of(tables);
        this.row = new LockRow(connection, tables.schema(), tables.lock());
        this.longestAnswer = LONGEST_ANSWER.plus(lockTimeout);
    }

    @Override
    public void acquire(Deadline deadline) throws SQLException {
        if (held) {
            return;
        }
        Duration atStart = deadline.left();
        held = poll(deadline, atStart, () -> tryLock() ? Optional.empty() : Optional.of(holder()));
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
        boolean told = false;
        while (true) {
            Optional<Obstacle> obstacle = inTime(attempt);
            if (obstacle.isEmpty()) {
                if (told) {
                    LOG.atInfo()
                            .addKeyValue("event", "lock.acquired")
                            .addKeyValue(
                                    "waitedMillis",
                                    atStart.minus(deadline.left()).toMillis())
                            .log("Acquired the changelog lock");
                }
                return true;
            }
            if (!told) {
                told = true;
                LOG.atInfo()
                        .addKeyValue("event", "lock.waiting")
                        .addKeyValue("leftMillis", deadline.left().toMillis())
                        .log(
                                "Waiting for the changelog lock: {}",
                                obstacle.get().who());
            }
            if (!Backoff.sleep(backoff.next(), deadline)) {
                throw new MigrationException("Could not acquire the changelog lock within %d s: %s. %s"
                        .formatted(
                                atStart.minus(deadline.left()).toSeconds(),
                                obstacle.get().who(),
                                obstacle.get().advice()));
            }
        }
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

    private boolean tryLock() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT pg_catalog.pg_try_advisory_lock(?, ?)")) {
            return answersTrue(query);
        }
    }

    private Obstacle holder() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT %s
                FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
                WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.objsubid OPERATOR(pg_catalog.=) 2
                  AND a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                  AND l.classid::pg_catalog.int8 OPERATOR(pg_catalog.=) ? AND l.objid::pg_catalog.int8 OPERATOR(pg_catalog.=) ?
                """.formatted(Holder.COLUMNS))) {
            query.setLong(1, key.classId());
            query.setLong(2, key.objectId());
            try (ResultSet found = query.executeQuery()) {
                if (!found.next()) {
                    return new Obstacle("it was free again a moment later", "Deploy again");
                }
                Holder holder = Holder.of(found);
                return new Obstacle(
                        holder + " holds it",
                        "Wait until that run has ended, or end it with 'SELECT pg_terminate_backend(%d)', and deploy again"
                                .formatted(holder.pid()));
            }
        }
    }

    private boolean answersTrue(PreparedStatement query) throws SQLException {
        query.setInt(1, key.table());
        query.setInt(2, key.schema());
        try (ResultSet answer = query.executeQuery()) {
            return answer.next() && answer.getBoolean(1);
        }
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
            try (PreparedStatement query = connection.prepareStatement("SELECT pg_catalog.pg_advisory_unlock(?, ?)")) {
                answersTrue(query);
            }
            connection.rollback();
        } catch (SQLException e) {
            LOG.info("The changelog lock could not be released and ends with its session");
        }
    }
}
