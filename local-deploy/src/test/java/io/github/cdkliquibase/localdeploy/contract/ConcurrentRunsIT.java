package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.Invocation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several functions deploy to one database at the same time, and one of them may be killed. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Isolated("Several functions at once are load enough.")
final class ConcurrentRunsIT {

    /** For something that happens at once on a quiet machine. */
    private static final Duration SOON = Duration.ofSeconds(15);

    private static final String SESSIONS =
            " from pg_stat_activity where application_name = 'cdk-liquibase' and datname = current_database()";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private EmbeddedDatabase server;
    private EmbeddedDatabase database;

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start();
    }

    @AfterAll
    void stop() {
        threads.close();
        server.close();
    }

    @BeforeEach
    void prepare() {
        database = server.another();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void ofTenDeploysAtOnceEachSucceedsAndEachChangesetIsAppliedOnce() {
        int changesets = 5;
        Stage.execute(database, "create table ran (changeset int)");
        List<Stage> stages =
                IntStream.range(0, 10).mapToObj(each -> Stage.behindProvider()).toList();
        try {
            atOnce(stages, this::warmUp);
            // In the first round there is no history yet.
            for (int round = 1; round <= 2; round++) {
                List<String> ids = IntStream.rangeClosed(1, changesets * round)
                        .mapToObj(String::valueOf)
                        .toList();
                String changelog = ids.stream()
                        .map("--changeset ann:%1$s\ninsert into ran values (%1$s);\nselect pg_sleep(0.2);\n"::formatted)
                        .collect(Collectors.joining());
                stages.forEach(stage -> stage.sql(changelog).newLogLines());

                List<Answer> answers = atOnce(stages, this::deploy);

                assertThat(answers.stream().mapToInt(ConcurrentRunsIT::applied).sum())
                        .isEqualTo(changesets);
                assertThat(Stage.query(database, "select string_agg(changeset::text, ' ' order by changeset) from ran"))
                        .isEqualTo(String.join(" ", ids));
                assertThat(Stage.query(database, "select count(*) from databasechangelog"))
                        .isEqualTo(String.valueOf(ids.size()));
                Figures.show(
                        "10 deploys at once, %d changesets of 0.2 s: last answer after %d ms, longest wait for the lock %d ms"
                                .formatted(
                                        changesets,
                                        answers.stream()
                                                .mapToLong(answer -> answer.invocation()
                                                        .duration()
                                                        .toMillis())
                                                .max()
                                                .orElseThrow(),
                                        stages.stream()
                                                .flatMap(stage -> stage.newLogLines().stream())
                                                .mapToLong(line -> line.path("waitedMillis")
                                                        .asLong())
                                                .max()
                                                .orElseThrow()));
            }
            stages.forEach(Stage::nothingLeaked);
        } finally {
            stages.forEach(Stage::close);
        }
    }

    @Test
    void aRunThatWaitsDoesNotStallTheIndexThatTheOtherOneBuildsConcurrently() throws SQLException {
        String table = """
                --changeset ann:1
                create table t (id int, n int);
                insert into t select i, i from generate_series(1, 100000) i;
                """;
        String index = "--changeset ann:2 runInTransaction:false\ncreate index concurrently t_n on t (n);\n";
        String more = "--changeset ann:3\nalter table t add column note text;\n";
        try (Stage builder = Stage.behindProvider();
                Stage waiter = Stage.behindProvider();
                Connection writer = database.connect()) {
            warmUp(waiter);
            assertThat(applied(deploy(builder.sql(table)))).isEqualTo(1);
            writer.setAutoCommit(false);
            writer.createStatement().execute("insert into t values (0, 0)");

            CompletableFuture<Answer> building = start(() -> deploy(builder.sql(table + index)));
            Stage.await(
                    "the index waits for the writer",
                    () -> "1"
                            .equals(Stage.query(
                                    database,
                                    "select count(*)" + SESSIONS
                                            + " and wait_event_type = 'Lock' and query ilike 'create index%'")));
            String builders = Stage.query(database, "select string_agg(pid::text, ',')" + SESSIONS);
            CompletableFuture<Answer> waiting = start(() -> deploy(waiter.sql(table + index + more)));
            waiter.awaitLogLine("lock.waiting");
            List<String> looks = sample("""
                    select string_agg(state || coalesce(' since ' || xact_start, '')
                      || case when backend_xmin is null then '' else ' with a snapshot' end, ', ')
                    """ + SESSIONS + " and pid not in (" + builders + ")");
            long idle = looks.stream().filter("idle"::equals).count();
            boolean neitherHasEnded = !building.isDone() && !waiting.isDone();
            writer.rollback();
            long released = System.nanoTime();
            Answer built = building.join();
            long millisToBuild = (System.nanoTime() - released) / 1_000_000;
            Answer waited = waiting.join();
            long millisToAll = (System.nanoTime() - released) / 1_000_000;

            Figures.show(
                    "an index that is built concurrently, and a run that waits for the lock: the index was complete %d ms after what it waited for was gone, the other run %d ms; until then it was idle, without a transaction, in %d of %d looks"
                            .formatted(millisToBuild, millisToAll, idle, looks.size()));
            assertThat(neitherHasEnded).isTrue();
            assertThat(applied(built)).isEqualTo(1);
            assertThat(applied(waited)).isEqualTo(1);
            assertThat(waited.data()).containsEntry("LastChangeset", "db/changelog/changes.sql::3::ann");
            assertThat(Stage.query(database, "select indisvalid from pg_index where indexrelid = 't_n'::regclass"))
                    .isEqualTo("t");
            assertThat(Duration.ofMillis(millisToAll)).isLessThan(SOON);
            // While it asks for the lock it has a transaction for a moment, and a look may meet that, but not again.
            assertThat(idle).as("idle in %s", looks).isGreaterThan(looks.size() * 3L / 4);
            assertThat(looks).filteredOn(look -> !look.equals("idle")).doesNotHaveDuplicates();
            builder.nothingLeaked();
            waiter.nothingLeaked();
        }
    }

    @Test
    void aRunThatGivesUpSaysWhoHoldsTheLockSinceWhenAndFromWhere() {
        Duration timeout = Duration.ofSeconds(8);
        String slow = "--changeset ann:1\nselect pg_sleep(60);\n";
        try (Stage holder = Stage.behindProvider();
                Stage waiter = Stage.behindProvider(settings -> settings.withTimeout(timeout))) {
            warmUp(waiter);
            CompletableFuture<Answer> holding = start(() -> deploy(holder.sql(slow)));
            awaitSleep();
            String pids = Stage.query(database, "select string_agg(pid::text, '|')" + SESSIONS);

            Answer answer = deploy(waiter.sql(slow));

            Figures.show("a run that gave up after %d ms of %d ms: %s"
                    .formatted(answer.invocation().duration().toMillis(), timeout.toMillis(), answer.reason()));
            assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
            assertThat(answer.invocation()).isInstanceOf(Invocation.FunctionError.class);
            assertThat(answer.invocation().duration()).isLessThan(timeout);
            assertThat(answer.reason())
                    .matches("Could not acquire the changelog lock within [3-6] s.*")
                    .containsPattern("\\b(" + pids + ")\\b")
                    .contains("'cdk-liquibase'")
                    .containsPattern("\\b(127\\.0\\.0\\.1|::1)\\b");
            Matcher since = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z").matcher(answer.reason());
            assertThat(since.find()).as(answer.reason()).isTrue();
            assertThat(Instant.parse(since.group()))
                    .isBetween(Instant.now().minusSeconds(120), Instant.now().minusSeconds(3));
            holder.function.kill();
            assertThat(holding.join().succeeded()).isFalse();
            waiter.nothingLeaked();
        }
    }

    @ParameterizedTest(name = "runInTransaction:{0}")
    @ValueSource(booleans = {true, false})
    void aFunctionKilledInALongStatementDelaysTheNextRunBySecondsOnly(boolean inTransaction) {
        Stage.execute(database, "create table delay (seconds int)");
        Stage.execute(database, "insert into delay values (60)");
        String changesets = """
                --changeset ann:1
                create table ran (changeset int);
                --changeset ann:2 runInTransaction:%s
                insert into ran select 2 from delay, pg_sleep(seconds);
                --changeset ann:3
                insert into ran values (3);
                """.formatted(inTransaction);
        try (Stage killed = Stage.behindProvider();
                Stage next = Stage.behindProvider()) {
            warmUp(next);
            CompletableFuture<Answer> running = start(() -> deploy(killed.sql(changesets)));
            awaitSleep();
            Stage.execute(database, "update delay set seconds = 0");

            killed.function.kill();
            long kill = System.nanoTime();
            Answer answer = deploy(next.sql(changesets));
            long millis = (System.nanoTime() - kill) / 1_000_000;

            Figures.show("killed in a statement of 60 s, runInTransaction:%s: the next run was answered %d ms later"
                    .formatted(inTransaction, millis));
            assertThat(running.join().invocation()).isInstanceOf(Invocation.Exited.class);
            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
            assertThat(answer.data())
                    .containsEntry("AppliedChangesets", "2")
                    .containsEntry("LastChangeset", "db/changelog/changes.sql::3::ann");
            assertThat(Duration.ofMillis(millis)).isLessThan(SOON);
            assertThat(Stage.query(database, "select string_agg(changeset::text, ' ' order by changeset) from ran"))
                    .isEqualTo("2 3");
            assertThat(Stage.query(database, "select count(*)" + SESSIONS + " and query like '%pg_sleep%'"))
                    .as("statements of the dead function that go on")
                    .isEqualTo("0");
        }
    }

    // What a cold start takes would else be most of what is measured.
    private Answer warmUp(Stage stage) {
        stage.sql("--changeset ann:1\nselect 1;\n");
        try (EmbeddedDatabase elsewhere = server.another()) {
            Answer answer = stage.resource().create(stage.properties(elsewhere, Map.of()));
            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
            return answer;
        }
    }

    private Answer deploy(Stage stage) {
        return stage.resource().create(stage.properties(database, Map.of()));
    }

    private static int applied(Answer answer) {
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        return Integer.parseInt(answer.data().get("AppliedChangesets"));
    }

    private <T> CompletableFuture<T> start(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, threads);
    }

    // Each in a thread of its own, and all of them let go at the same moment.
    private List<Answer> atOnce(List<Stage> stages, Function<Stage, Answer> work) {
        CountDownLatch go = new CountDownLatch(stages.size());
        List<CompletableFuture<Answer>> running = stages.stream()
                .map(stage -> start(() -> {
                    go.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return work.apply(stage);
                }))
                .toList();
        return running.stream().map(CompletableFuture::join).toList();
    }

    private void awaitSleep() {
        Stage.await(
                "a statement of a function sleeps",
                () -> "1".equals(Stage.query(database, "select count(*)" + SESSIONS + " and wait_event = 'PgSleep'")));
    }

    // What a query finds, asked again and again for some seconds.
    private List<String> sample(String query) throws SQLException {
        List<String> samples = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int look = 0; look < 30; look++) {
                try (ResultSet row = statement.executeQuery(query)) {
                    row.next();
                    samples.add(String.valueOf(row.getString(1)));
                }
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
        return samples;
    }
}
