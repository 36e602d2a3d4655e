package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The process dies at a random moment, many times over, and the next run makes up for it. {@code -Dkill.times} says how
 * often, {@code -Dkill.seed} repeats a run.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KillIT {

    private static final int CHANGESETS = 200;

    /** What the catalogs hold of the application's schema, and what its tables hold. */
    private static final String SCHEMA = """
            with own as (
              select c.oid, c.relname, c.relkind from pg_class c
              where c.relnamespace = 'public'::regnamespace and c.relname not like 'databasechangelog%')
            select string_agg(line, chr(10) order by line) from (
              select relkind::text || ' ' || relname as line from own
              union all
              select o.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
                || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
                from own o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
                left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
              union all
              select pg_get_indexdef(i.indexrelid) || ' valid ' || i.indisvalid from own o join pg_index i on i.indexrelid = o.oid
              union all
              select o.relname || ' ' || n.conname || ' ' || pg_get_constraintdef(n.oid) from own o join pg_constraint n on n.conrelid = o.oid
              union all
              select pg_get_viewdef(oid) from own where relkind = 'v'
              union all
              select t.typname || ' ' || string_agg(e.enumlabel, ',' order by e.enumsortorder)
                from pg_type t join pg_enum e on e.enumtypid = t.oid group by t.typname
              union all
              select o.relname || ' rows ' || (xpath('/row/x/text()',
                  query_to_xml(format('select md5(string_agg(r::text, chr(10) order by r::text)) as x from %I r', o.relname), false, true, '')))[1]::text
                from own o where relkind = 'r'
            ) lines
            """;

    private EmbeddedDatabase server;
    private Stage stage;

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start();
        stage = Stage.behindProvider();
        stage.sql(IntStream.range(0, CHANGESETS)
                .mapToObj(KillIT::changeset)
                .collect(Collectors.joining(
                        "\n",
                        "--changeset ann:start\ncreate table counter (n int); insert into counter values (0);\ncreate type kind as enum ('none');\n",
                        "\n")));
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
    }

    // Nothing in it can be done twice without being seen.
    private static String changeset(int number) {
        int table = number / 10 * 10;
        String inside = "--changeset ann:%d\n".formatted(number);
        String outside = "--changeset ann:%d runInTransaction:false\n".formatted(number);
        return switch (number % 10) {
            case 0 -> inside + "create table t%d (id int primary key, v int not null);".formatted(table);
            case 1 -> inside + "insert into t%d select i, i from generate_series(1, 300) i;".formatted(table);
            case 2 -> outside + "create index concurrently t%d_v on t%d (v);".formatted(table, table);
            case 3 ->
                inside
                        + "alter table t%d add column w int not null default 0;\nupdate t%d set w = v;"
                                .formatted(table, table);
            case 4 ->
                outside
                        + "insert into t%d values (1000, 1000);\nupdate counter set n = n + 1;\ninsert into t%d values (1001, 1001);"
                                .formatted(table, table);
            case 5 ->
                inside + "update counter set n = n + 1;\ncreate view v%d as select v from t%d;".formatted(table, table);
            case 6 -> outside + "alter type kind add value 'k%d';\nvacuum t%d;".formatted(table, table);
            case 7 ->
                outside + "create unique index concurrently t%d_vw on public.t%d (v, id);".formatted(table, table);
            case 8 -> inside + "alter table t%d add constraint t%d_positive check (v > 0);".formatted(table, table);
            default -> outside + "drop index concurrently t%d_v;".formatted(table);
        };
    }

    @Test
    void theNextRunMakesUpForAProcessThatDiedAtAnyMoment() {
        int times = Integer.getInteger("kill.times", 10);
        long seed = Long.getLong("kill.seed", new Random().nextLong());
        Random random = new Random(seed);
        deploy(server.another()); // A cold one takes longer.
        EmbeddedDatabase undisturbed = server.another();
        stage.newLogLines();
        Answer whole = deploy(undisturbed);
        assertThat(whole.succeeded()).as(whole.reason()).isTrue();
        String expected = Stage.query(undisturbed, SCHEMA);
        long millis = stage.newLogLines().stream()
                .mapToLong(line -> line.path("durationMillis").asLong())
                .sum();
        undisturbed.close();

        int inTheMiddle = 0;
        long longestWait = 0;
        for (int time = 1; time <= times; time++) {
            String which = "kill %d with seed %d".formatted(time, seed);
            EmbeddedDatabase database = server.another();
            killed(database, 1 + random.nextInt(CHANGESETS), random.nextLong(millis / CHANGESETS + 1));
            int before = recorded(database);
            inTheMiddle += before > 0 && before <= CHANGESETS ? 1 : 0;
            stage.newLogLines();

            Answer next = deploy(database);

            assertThat(next.succeeded()).as("%s: %s", which, next.reason()).isTrue();
            assertThat(Stage.query(database, SCHEMA)).as(which).isEqualTo(expected);
            assertThat(Stage.query(database, "select count(*) || ' ' || count(distinct id) from databasechangelog"))
                    .as(which)
                    .isEqualTo((CHANGESETS + 1) + " " + (CHANGESETS + 1));
            assertThat(next.data())
                    .as(which)
                    .containsEntry("AppliedChangesets", String.valueOf(CHANGESETS + 1 - before));
            longestWait = Math.max(longestWait, waited(stage.newLogLines()));
            database.close();
        }

        Figures.show("%d kills, %d of them in the middle; longest wait of the next run for the lock: %d ms"
                .formatted(times, inTheMiddle, longestWait));
        assertThat(inTheMiddle).as("kills in the middle of a run").isGreaterThan(times / 3);
        // What a statement of a dead function may take to notice, and nothing near a time-out of a lock.
        assertThat(Duration.ofMillis(longestWait)).isLessThan(Duration.ofSeconds(10));
        stage.nothingLeaked();
    }

    // By how far the run has come, and not by the clock: how fast it is depends on what else the machine does.
    private void killed(EmbeddedDatabase database, int afterChangesets, long afterMillis) {
        stage.newLogLines();
        CompletableFuture<Void> death = CompletableFuture.runAsync(
                        () -> stage.awaitLogLines("changeset.started", afterChangesets))
                .thenRunAsync(
                        stage.function::kill, CompletableFuture.delayedExecutor(afterMillis, TimeUnit.MILLISECONDS));
        deploy(database);
        death.join();
    }

    private Answer deploy(EmbeddedDatabase database) {
        return stage.resource().create(stage.properties(database, Map.of()));
    }

    private static int recorded(EmbeddedDatabase database) {
        return "t".equals(Stage.query(database, "select to_regclass('databasechangelog') is not null"))
                ? Integer.parseInt(Stage.query(database, "select count(*) from databasechangelog"))
                : 0;
    }

    private static long waited(List<JsonNode> lines) {
        return lines.stream()
                .filter(line -> line.path("event").asText().equals("lock.acquired"))
                .mapToLong(line -> line.path("waitedMillis").asLong())
                .max()
                .orElse(0);
    }
}
