package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/** What a server sends and nothing reads does not fill a function that has little memory. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Isolated("How much memory and time there is, is looked at without other work beside it.")
final class MemoryIT {

    private EmbeddedDatabase server;
    private Stage stage;

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start();
        stage = Stage.behindProvider(settings -> settings.withMemory(128).withTimeout(Duration.ofSeconds(40)));
    }

    @AfterAll
    void stop() {
        stage.nothingLeaked();
        stage.close();
        server.close();
    }

    @BeforeEach
    void empty() {
        stage.empty();
    }

    @Test
    void rowsOfAQueryAreNotKept() {
        assertApplied("--changeset ann:1\nselect i, repeat('x', 500) from generate_series(1, 220000) i;\n");
    }

    @Test
    void aQueryIsExecutedToItsLastRow() {
        assertApplied("""
                --changeset ann:2 splitStatements:false
                create table t (id int);
                create function add(id int) returns int language sql as 'insert into t values (id) returning id';
                --changeset ann:3
                select add(i) from generate_series(1, 5000) i;
                --changeset ann:4 splitStatements:false
                select add(i) from generate_series(5001, 10000) i;
                """);
        assertThat(Stage.query(server, "select count(*) || ' to ' || max(id) from t"))
                .isEqualTo("10000 to 10000");
    }

    @Test
    void noticesAreNotKept() {
        assertApplied("""
                --changeset ann:5 splitStatements:false
                do $$ begin for i in 1 .. 1000000 loop raise notice '%', repeat('a customer ', 20); end loop; end $$;
                """);
        assertThat(stage.function.output()).noneMatch(line -> line.contains("a customer"));
    }

    @Test
    void aStatementThatTheMemoryCannotHoldIsToldAndTheNextEventIsServed() {
        Answer answer = stage.sql("--changeset ann:6\nselect '%s';\n".formatted("x".repeat(40_000_000)))
                .resource()
                .create(stage.properties(server, Map.of()));

        assertThat(answer.reason())
                .containsIgnoringCase("the function ran out of memory")
                .contains("Give the function more memory");
        stage.empty();
        assertApplied("--changeset ann:7\nselect 1;\n");
    }

    private void assertApplied(String changesets) {
        Answer answer = stage.sql(changesets).resource().create(stage.properties(server, Map.of()));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }
}
