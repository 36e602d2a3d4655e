package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Blocker;
import io.github.cdkliquibase.lambda.engine.LockWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which session holds the lock that a statement waits for. It uses a separate connection, because the server
 * reports the holder only while the statement waits.
 *
 * <p>Connects only when a statement takes longer than a moment. Without another connection, the blocker stays unknown;
 * the run is not affected.
 */
final class PostgresqlLockWatch implements LockWatch {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlLockWatch.class);

    private static final Duration LONGEST_MOMENT = Duration.ofSeconds(1);
    private static final Duration SHORTEST_MOMENT = Duration.ofMillis(25);

    /** A statement that is tried again is checked after this part of a moment. */
    private static final int HURRY = 10;

    private final Connections connections;
    private final int pid;
    private final Duration moment;
    private final Thread thread;
    private Optional<Running> latest = Optional.empty();
    private Optional<Running> running = Optional.empty();
    private Optional<Seen> seen = Optional.empty();

    /** A statement that was started. */
    private record Running(String statement, long startedNanos, Duration patience) {

        boolean isOf(String other) {
            return statement.equals(other);
        }

        boolean isDue() {
            return System.nanoTime() - startedNanos >= patience.toNanos();
        }
    }

    /** A session that held a lock that a statement waited for. */
    private record Seen(String statement, Blocker blocker) {}

    private PostgresqlLockWatch(Connections connections, int pid, Duration moment) {
        this.connections = connections;
        this.pid = pid;
        this.moment = moment;
        this.thread = Thread.ofPlatform().daemon().name("blocker-watch").unstarted(this::watch);
    }

    /**
     * Starts to watch a session.
     *
     * @param lockTimeout the session's lock timeout
     */
    static PostgresqlLockWatch of(Connection session, Connections connections, Duration lockTimeout)
            throws SQLException {
        Duration half = lockTimeout.dividedBy(2);
        Duration moment = half.compareTo(LONGEST_MOMENT) < 0 ? half : LONGEST_MOMENT;
        PostgresqlLockWatch watch = new PostgresqlLockWatch(
                connections,
                session.unwrap(PGConnection.class).getBackendPID(),
                moment.compareTo(SHORTEST_MOMENT) < 0 ? SHORTEST_MOMENT : moment);
        watch.thread.start();
        return watch;
    }

    @Override
    public synchronized void starts(String statement) {
        boolean isTriedAgain = latest.filter(each -> each.isOf(statement)).isPresent();
        latest =
                Optional.of(new Running(statement, System.nanoTime(), isTriedAgain ? moment.dividedBy(HURRY) : moment));
        running = latest;
        if (isTriedAgain) {
            notifyAll();
        }
    }

    @Override
    public synchronized void ends() {
        running = Optional.empty();
    }

    @Override
    public synchronized Optional<Blocker> blocker() {
        return latest.flatMap(last -> seen.filter(each -> last.isOf(each.statement())))
                .map(Seen::blocker);
    }

    private void watch() {
        try {
            awaitDue();
            try (Connection connection = connections.open()) {
                connection.setAutoCommit(true);
                while (true) {
                    Running due = awaitDue();
                    look(connection, due);
                    Thread.sleep(due.patience());
                }
            }
        } catch (InterruptedException e) {
            // The run is over.
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The session that holds a lock could not be looked for", e);
        }
    }

    // Only a retried statement wakes the thread: a wake-up for each statement would slow all of them down.
    private synchronized Running awaitDue() throws InterruptedException {
        while (running.filter(Running::isDue).isEmpty()) {
            wait(Math.max(1, running.map(Running::patience).orElse(moment).toMillis()));
        }
        return running.get();
    }

    private void look(Connection connection, Running statement) throws SQLException {
        BlockerQuery.find(pid, connection).ifPresent(blocker -> seen(statement, blocker));
    }

    private synchronized void seen(Running statement, Blocker now) {
        // The next statement may wait for another session.
        if (latest.filter(statement::equals).isEmpty()) {
            return;
        }
        Seen next = new Seen(statement.statement(), now);
        if (seen.filter(next::equals).isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("event", "statement.blocked")
                    .log("A statement waits for a lock. {} holds it", now.who());
        }
        seen = Optional.of(next);
    }

    /** Ends the watch, and closes its connection. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
