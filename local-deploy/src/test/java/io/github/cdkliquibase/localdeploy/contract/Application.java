package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** An application at work while a deploy goes on: short transactions on several connections, each of them timed. */
final class Application implements AutoCloseable {

    static final int CONNECTIONS = 8;

    /** Between two transactions of a connection, so that the processor is not what they wait for. */
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final TargetDatabase database;
    private final String table;
    private final int rows;
    private final Queue<Transaction> transactions = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<Future<Void>> work;
    private volatile boolean over;

    /** A transaction that was committed: from when to when, on the JVM's clock. */
    private record Transaction(long begin, long end) {}

    /** Starts to work on a table that has the columns id, with the values from 1 to the number of rows, and n. */
    Application(TargetDatabase database, String table, int rows) {
        this.database = database;
        this.table = table;
        this.rows = rows;
        Callable<Void> transacting = this::transact;
        this.work = IntStream.range(0, CONNECTIONS)
                .mapToObj(each -> threads.submit(transacting))
                .toList();
    }

    private Void transact() throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement read = connection.prepareStatement("select n from " + table + " where id = ?");
                PreparedStatement write =
                        connection.prepareStatement("update " + table + " set n = n + 1 where id = ?")) {
            connection.setAutoCommit(false);
            while (!over) {
                int id = ThreadLocalRandom.current().nextInt(rows) + 1;
                long begin = System.nanoTime();
                read.setInt(1, id);
                read.executeQuery().close();
                write.setInt(1, id);
                write.executeUpdate();
                connection.commit();
                transactions.add(new Transaction(begin, System.nanoTime()));
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            return null;
        }
    }

    /** Waits until so many more transactions have been committed. */
    void awaitTransactions(int more) {
        int enough = transactions.size() + more;
        while (transactions.size() < enough) {
            if (work.stream().anyMatch(Future::isDone)) {
                throw new AssertionError("A connection of the application ended early");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** The longest of the transactions that were going on at some time in a period. */
    Duration longest(long fromNanos, long toNanos) {
        return Duration.ofNanos(transactions.stream()
                .filter(transaction -> transaction.end() - fromNanos >= 0 && transaction.begin() - toNanos <= 0)
                .mapToLong(transaction -> transaction.end() - transaction.begin())
                .max()
                .orElseThrow());
    }

    /** Lets each connection end its transaction. Fails if one of them ever failed. */
    @Override
    public void close() {
        over = true;
        threads.close();
        for (Future<Void> each : work) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new AssertionError("A transaction of the application failed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
