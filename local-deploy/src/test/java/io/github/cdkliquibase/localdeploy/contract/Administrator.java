package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks at a database behind the function's back, ends its sessions, and takes away what the server needs. */
final class Administrator implements AutoCloseable {

    // The limit must leave room for a segment of the write-ahead log, or the whole server would end. That it splits a
    // page
    // is what makes the server say that the disk is full, as it does when a disk takes a part of a page.
    private static final long LARGEST_FILE = 16 * 1024 * 1024 + 4096;
    private static final int ROWS_OF_A_LARGER_INDEX = 20_000;

    private static final String OUT_OF_MEMORY = "53200";

    private final EmbeddedDatabase database;
    private final List<Connection> kept = new ArrayList<>();
    private @Nullable Connection observer;

    Administrator(EmbeddedDatabase database) {
        this.database = database;
    }

    /** A session that keeps what it took until it is {@linkplain #giveUp given up}, or the server ends it. */
    Connection take(String sql) {
        try {
            Connection session = database.connectAsSuperuser();
            kept.add(session);
            try (Statement statement = session.createStatement()) {
                statement.execute(sql);
            }
            return session;
        } catch (SQLException e) {
            throw new AssertionError("Statement failed: " + sql, e);
        }
    }

    static void giveUp(Connection session) {
        try {
            session.close();
        } catch (SQLException e) {
            // The server went away, and with it what the session held.
        }
    }

    /** The processes of the function's sessions. */
    List<Integer> sessions() {
        return numbers(
                "select pid from pg_stat_activity where datname = current_database() and application_name = 'cdk-liquibase'");
    }

    /** Ends the function's sessions, and returns when they are gone. */
    void terminateSessions() {
        sessions().forEach(pid -> execute("select pg_terminate_backend(%d, 5000)".formatted(pid)));
    }

    /** Kills the processes of the function's sessions, and returns when the server has recovered from it. */
    void killSessions() {
        // When their parent has noticed, it ends this session as well.
        Connection witness = take("select 1");
        sessions().forEach(pid -> process(pid).destroyForcibly());
        Stage.await("the server has noticed", () -> !answers(witness));
        execute("select 1");
    }

    private static boolean answers(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            return statement.execute("select 1");
        } catch (SQLException e) {
            return false;
        }
    }

    /** Whether new sessions can write. */
    void setReadOnly(boolean readOnly) {
        execute("alter database %s set default_transaction_read_only = %s"
                .formatted(database.databaseName(), readOnly));
    }

    /** Takes locks until the server's table of them is full. */
    void fillLockTable() {
        Connection session = take("select 1");
        try (Statement statement = session.createStatement()) {
            for (int i = 0; i < 1_000_000; i++) {
                statement.execute("select pg_advisory_lock(4712, n) from generate_series(%d, %d) n"
                        .formatted(i * 1_000, i * 1_000 + 999));
            }
            throw new AssertionError("The table of locks has no end");
        } catch (SQLException e) {
            if (!OUT_OF_MEMORY.equals(e.getSQLState())) {
                throw new AssertionError("The table of locks could not be filled", e);
            }
        }
    }

    /** Gives back every lock that was taken here. */
    void giveUpAll() {
        kept.forEach(Administrator::giveUp);
    }

    /** Makes every index on table {@code bulk} larger than the server may let a file grow, until that is lifted. */
    void limitFiles() {
        execute("""
                insert into bulk
                select (select string_agg(md5((n * 8 + part)::text), '') from generate_series(1, 8) part)
                from generate_series(1, %d) n
                """.formatted(ROWS_OF_A_LARGER_INDEX));
        limit(Long.toString(LARGEST_FILE));
    }

    void liftLimitOfFiles() {
        limit("unlimited");
    }

    private void limit(String size) {
        ProcessHandle postmaster =
                process(numbers("select pg_backend_pid()").get(0)).parent().orElseThrow();
        List<Long> processes = new ArrayList<>(List.of(postmaster.pid()));
        sessions().forEach(pid -> processes.add(pid.longValue()));
        processes.forEach(pid -> limit(pid, size));
    }

    // The soft limit alone: whoever set it may lift it again.
    private static void limit(long pid, String size) {
        try {
            int exitCode = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--fsize=" + size + ":")
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new AssertionError("prlimit ended with " + exitCode);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("There is no prlimit, which belongs to util-linux", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private static ProcessHandle process(int pid) {
        return ProcessHandle.of(pid).orElseThrow();
    }

    /** The first column of what a query finds. */
    List<Integer> numbers(String query) {
        return ask(statement -> {
            List<Integer> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    found.add(rows.getInt(1));
                }
            }
            return found;
        });
    }

    /** The text that a query finds; empty for null. */
    String text(String query) {
        return ask(statement -> {
            try (ResultSet row = statement.executeQuery(query)) {
                return row.next() ? Objects.requireNonNullElse(row.getString(1), "") : "";
            }
        });
    }

    void execute(String sql) {
        ask(statement -> statement.execute(sql));
    }

    /** Whether the server takes connections. */
    boolean reachesServer() {
        try (Connection connection = database.connectAsSuperuser()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask(Statement statement) throws SQLException;
    }

    // On a connection that is made anew when a fault has taken it.
    private <T> T ask(Question<T> question) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                Connection connection = observer;
                if (connection == null || connection.isClosed()) {
                    connection = database.connectAsSuperuser();
                    observer = connection;
                }
                try (Statement statement = connection.createStatement()) {
                    return question.ask(statement);
                }
            } catch (SQLException e) {
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError("The server could not be asked", e);
                }
                Stage.within(Duration.ofMillis(50), () -> false);
            }
        }
    }

    @Override
    public void close() {
        giveUpAll();
        if (observer != null) {
            giveUp(observer);
        }
    }
}
