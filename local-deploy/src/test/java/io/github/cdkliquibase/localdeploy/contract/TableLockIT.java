package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A deploy that has to wait for a table keeps the application away from it for no longer than it was allowed to. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TableLockIT {

    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

    /** What a busy machine may add to it, beside the longest transaction that it has anyway. */
    private static final Duration SLACK = Duration.ofMillis(150);

    private static final int QUIET_TRANSACTIONS = 2_000;

    private EmbeddedDatabase server;
    private Stage stage;

    @BeforeAll
    void startServer() {
        server = EmbeddedDatabase.start();
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @BeforeEach
    void start() {
        stage = Stage.behindProvider();
    }

    @AfterEach
    void nothingLeaks() {
        try (Stage ended = stage) {
            ended.nothingLeaked();
        }
    }

    @Test
    void theApplicationWaitsNoLongerThanTheDeployMayThoughAReaderKeepsTheTableForSeconds() throws Exception {
        int rows = 1_000_000;
        Duration reading = Duration.ofSeconds(8);
        String before = """
                --changeset ann:1
                create table t (id int primary key, n int not null);
                --changeset ann:2
                insert into t select id, 0 from generate_series(1, %d) id;
                """.formatted(rows);
        String after = before + "--changeset ann:3\nalter table t add column note text;\n";

        try (EmbeddedDatabase database = server.another();
                EmbeddedDatabase other = server.another()) {
            Map<String, Object> properties = properties(database);
            CustomResource resource = stage.sql(before).resource();
            assertThat(resource.create(properties).succeeded()).isTrue();
            plainLiquibase(other);
            settle(database);
            settle(other);
            // As a function that nobody has called for a while: cold.
            stage.function.kill();
            stage.sql(after);

            Run<Answer> ours =
                    deployWhileRead(database, rows, "t", () -> readFor(reading), () -> resource.update(properties));
            Run<Void> plain = deployWhileRead(other, rows, "t", () -> readFor(reading), () -> plainLiquibase(other));

            long retries = retries();
            Figures.show(String.format(
                    Locale.ROOT,
                    "table of %,d rows, kept open for %d ms, %d connections at work: longest transaction %d ms"
                            + " without a deploy, %d ms with LockTimeout %d ms (%d attempts, deploy %d ms),"
                            + " %d ms with plain Liquibase (deploy %d ms)",
                    rows,
                    reading.toMillis(),
                    Application.CONNECTIONS,
                    ours.quiet().toMillis(),
                    ours.longest().toMillis(),
                    LOCK_TIMEOUT.toMillis(),
                    retries + 1,
                    ours.time().toMillis(),
                    plain.longest().toMillis(),
                    plain.time().toMillis()));
            assertThat(ours.result().data()).as(ours.result().reason()).containsEntry("AppliedChangesets", "1");
            assertThat(Stage.query(database, "select count(note) from t")).isEqualTo("0");
            assertThat(Stage.query(other, "select count(note) from t")).isEqualTo("0");
            assertThat(retries).isPositive();
            assertThat(plain.longest()).as("plain Liquibase, for comparison").isGreaterThan(reading.dividedBy(2));
            assertThat(ours.longest()).isLessThan(plain.longest().dividedBy(10));
            assertBounded(ours);
        }
    }

    @Test
    void aTableThatAnEarlierStatementOfTheChangesetHasIsLetGoTooWhenALaterOneWaits() throws Exception {
        Run<Answer> run = deployWhileRead("other", """
                --changeset ann:2
                alter table t add column note text;
                alter table other add column note text;
                """);

        Figures.show(
                "the table of an earlier statement while a later one waits: longest transaction %d ms without a deploy, %d ms with LockTimeout %d ms"
                        .formatted(run.quiet().toMillis(), run.longest().toMillis(), LOCK_TIMEOUT.toMillis()));
        assertBounded(run);
    }

    @Test
    void aStatementOutsideATransactionWaitsNoLongerEither() throws Exception {
        Run<Answer> run = deployWhileRead("t", """
                --changeset ann:2 runInTransaction:false
                alter table t add column note text;
                """);

        Figures.show(
                "a statement outside a transaction: longest transaction %d ms without a deploy, %d ms with LockTimeout %d ms"
                        .formatted(run.quiet().toMillis(), run.longest().toMillis(), LOCK_TIMEOUT.toMillis()));
        assertBounded(run);
    }

    // Two small tables, t, on which the application works, and another one.
    private Run<Answer> deployWhileRead(String read, String changeset) throws Exception {
        int rows = 1_000;
        String before = """
                --changeset ann:1
                create table t (id int primary key, n int not null);
                insert into t select id, 0 from generate_series(1, %d) id;
                create table other (id int primary key);
                """.formatted(rows);
        try (EmbeddedDatabase database = server.another()) {
            Map<String, Object> properties = properties(database);
            CustomResource resource = stage.sql(before).resource();
            assertThat(resource.create(properties).succeeded()).isTrue();
            // As a function that nobody has called for a while: cold.
            stage.function.kill();
            stage.sql(before + changeset);

            Run<Answer> run =
                    deployWhileRead(database, rows, read, this::loseThreeAttempts, () -> resource.update(properties));

            assertThat(run.result().data()).as(run.result().reason()).containsEntry("AppliedChangesets", "1");
            return run;
        }
    }

    private Map<String, Object> properties(TargetDatabase database) {
        return stage.properties(database, Map.of("LockTimeout", LOCK_TIMEOUT.toString()));
    }

    private static void assertBounded(Run<Answer> run) {
        assertThat(run.longest())
                .as("the application's longest transaction during the deploy")
                .isLessThan(LOCK_TIMEOUT.plus(run.quiet()).plus(SLACK));
    }

    /**
     * @param quiet the application's longest transaction before the deploy
     * @param longest and while it went on
     * @param time that the deploy took
     */
    private record Run<T>(T result, Duration quiet, Duration longest, Duration time) {}

    /** Deploys while a reader has the table open, in a transaction that ends when it has waited for something else. */
    private static <T> Run<T> deployWhileRead(
            TargetDatabase database, int rows, String read, Runnable wait, Callable<T> deploy) throws Exception {
        Application application = new Application(database, "t", rows);
        long quietBegin;
        long begin;
        long end;
        T result;
        try (application;
                Connection reader = database.connect()) {
            application.awaitTransactions(QUIET_TRANSACTIONS / 4);
            quietBegin = System.nanoTime();
            application.awaitTransactions(QUIET_TRANSACTIONS);
            reader.setAutoCommit(false);
            reader.createStatement().execute("select 1 from " + read + " limit 1");
            begin = System.nanoTime();
            // Not in the common pool, of whose few threads the JVM needs one to see that a process has ended.
            CompletableFuture<Long> released = CompletableFuture.supplyAsync(
                    () -> {
                        wait.run();
                        return rollBack(reader);
                    },
                    Thread::startVirtualThread);
            result = deploy.call();
            end = System.nanoTime();
            assertThat(end - released.join()).as("the deploy has waited").isPositive();
        }
        return new Run<>(
                result,
                application.longest(quietBegin, begin),
                application.longest(begin, end),
                Duration.ofNanos(end - begin));
    }

    private static void readFor(Duration time) {
        long begin = System.nanoTime();
        Stage.await("the reader has read enough", () -> System.nanoTime() - begin > time.toNanos());
    }

    private void loseThreeAttempts() {
        Stage.await("three attempts are lost", () -> retries() >= 3);
    }

    @SuppressWarnings("try") // DirectoryResourceAccessor declares Exception for its close
    private Void plainLiquibase(TargetDatabase database) throws Exception {
        try (Connection connection = database.connect();
                DirectoryResourceAccessor folder = new DirectoryResourceAccessor(stage.changelogs())) {
            Scope.child(
                    Map.of("liquibase.analytics.enabled", false),
                    () -> new Liquibase(Stage.MASTER, folder, new JdbcConnection(connection))
                            .update(new Contexts(), new LabelExpression()));
            return null;
        }
    }

    // What the server would else do by itself soon after so many rows were written.
    private static void settle(TargetDatabase database) {
        Stage.execute(database, "vacuum analyze t");
    }

    private long retries() {
        return stage.function.output().stream()
                .filter(line -> line.contains("\"changeset.retry\""))
                .count();
    }

    // Returns when, a moment before.
    private static long rollBack(Connection connection) {
        try {
            long now = System.nanoTime();
            connection.rollback();
            return now;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
