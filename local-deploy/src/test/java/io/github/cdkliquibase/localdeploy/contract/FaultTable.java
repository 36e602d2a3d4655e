package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.contract.FaultScene.State;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of a run of three changesets when a fault happens to it at a step. A subclass says which faults and steps,
 * and runs them one after the other, beside those of other subclasses.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
abstract class FaultTable {

    private final Duration timeout;
    private EmbeddedDatabase server;
    private Stage stage;

    /** A table of runs in a function with this timeout. */
    FaultTable(Duration timeout) {
        this.timeout = timeout;
    }

    /** Pairs of a {@link Fault} and a {@link Step}. */
    abstract Stream<Arguments> table();

    static Stream<Arguments> at(Fault fault, Step... steps) {
        return Arrays.stream(steps).map(step -> Arguments.of(fault, step));
    }

    static Stream<Arguments> everywhereBut(Fault fault, Step... left) {
        return Arrays.stream(Step.values())
                .filter(step -> !List.of(left).contains(step))
                .map(step -> Arguments.of(fault, step));
    }

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start(Map.of(
                // What was committed must be there after a crash, as on any server that is not of a test.
                "synchronous_commit", "local",
                // A session that asks for more waits at its commit for ever.
                "synchronous_standby_names", "nobody",
                // Together they are the size of the table of locks.
                "max_connections", "30",
                "max_locks_per_transaction", "10",
                // A worker's temporary file is not what shall find the disk full.
                "max_parallel_maintenance_workers", "0"));
        stage = Stage.direct(settings -> settings.withTimeout(timeout));
        warmUp();
    }

    /** Lets the function start: what that takes would count in a run's few seconds, and may be more than that. */
    void warmUp() {
        stage.sql("--changeset ann:1\nselect 1;\n");
        stage.warmUp(stage.properties(server, Map.of()));
        stage.sql(FaultScene.changelog(""));
    }

    @AfterAll
    void stop() {
        stage.nothingLeaked();
        stage.close();
        server.close();
    }

    Stage stage() {
        return stage;
    }

    EmbeddedDatabase server() {
        return server;
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("table")
    @Execution(ExecutionMode.SAME_THREAD)
    void whatPassesIsSurvivedAndWhatLastsIsTold(Fault fault, Step step) {
        try (FaultScene scene = FaultScene.open(stage, server)) {
            Answer answer = scene.runInto(fault, step);
            scene.end();

            Figures.show("%s, %s: %s %s in %d ms"
                    .formatted(
                            fault,
                            step,
                            answer.status(),
                            answer.succeeded() ? answer.data() : answer.reason(),
                            answer.invocation().duration().toMillis()));
            assertThat(answer.invocation().duration()).isLessThan(timeout);
            assertThat(scene.uploads()).as(answer.reason()).singleElement().matches(RecordedRequest::accepted);
            if (fault.lasts() && step.needsTheDatabase()) {
                assertTold(fault, step, answer);
                assertGoesOn(scene, step.committed());
            } else {
                assertThat(answer.status()).as(answer.reason()).isEqualTo(Answer.Status.SUCCESS);
                assertThat(answer.data())
                        .containsEntry("AppliedChangesets", "3")
                        .containsEntry("LastChangeset", "db/changelog/changes.sql::3::ann");
                assertGoesOn(scene, FaultScene.CHANGESETS);
            }
        } catch (AssertionError e) {
            throw new AssertionError("%s, %s: %s".formatted(fault, step, e.getMessage()), e);
        }
    }

    private static void assertTold(Fault fault, Step step, Answer answer) {
        assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(answer.reason()).containsPattern(fault.told());
        if (step.isInAChangeset()) {
            assertThat(answer.reason()).contains(step.committed() + " of 3 changesets were applied");
        }
        if (step == Step.COMMIT_UNHEARD) {
            // Nobody knows, and it is not so.
            assertThat(answer.reason()).contains("of 3 changesets were applied").doesNotContain("rolled back");
        }
    }

    /** What was committed is there, once; the next run does the rest, and nobody has to do anything for it. */
    static void assertGoesOn(FaultScene scene, int committed) {
        assertThat(scene.state()).isEqualTo(State.after(committed));

        Answer next = scene.next();

        assertThat(next.status()).as(next.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(next.data()).containsEntry("AppliedChangesets", String.valueOf(FaultScene.CHANGESETS - committed));
        assertThat(scene.state()).isEqualTo(State.after(FaultScene.CHANGESETS));
    }
}
