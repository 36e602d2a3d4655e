package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A deploy for which nothing can be pending is short. Liquibase is started for all others: those that have failed or warned before, and
 * those of a changelog that does something each time.
 */
final class UnchangedIT extends RepeatedDeploys {

    UnchangedIT() {
        super(Duration.ofSeconds(30));
    }

    @Test
    void theSecondDeployIsShortAndAnswersAsAFullOne() {
        stage.sql("""
                --changeset ann:1
                create table t (id int);
                --changeset ann:2 context:test
                select 2;
                --changeset ann:3 labels:beta
                select 3;
                --changeset ann:4
                select 4;
                --changeset ann:5
                --preconditions onFail:MARK_RAN
                --precondition-sql-check expectedResult:1 select 0
                select 5;
                --changeset ann:6 ignore:true
                select 6;
                --changeset ann:7 dbms:oracle
                select 7;
                """);
        Map<String, String> properties = Map.of("Contexts", "production", "LabelFilter", "!beta");

        Answer first = deploy(properties);
        Answer second = deploy(properties);
        Answer full = deploy(with(properties, "WhenUnchanged", "RUN"));

        assertApplied(2, first);
        assertShort(second);
        assertApplied(0, full);
        assertThat(withoutWhatDiffers(second)).isEqualTo(withoutWhatDiffers(full));
        assertThat(second.data()).containsEntry("TotalChangesets", "3");
        assertThat(second.physicalResourceId()).isEqualTo(first.physicalResourceId());
    }

    private static Map<String, String> withoutWhatDiffers(Answer answer) {
        Map<String, String> data = new HashMap<>(answer.data());
        data.keySet().removeAll(List.of("Unchanged", "ElapsedMillis"));
        return data;
    }

    @Test
    void aDeployThatIsToRunIsFullAndTheNextOneIsShort() {
        stage.sql(ONE);

        assertApplied(1, deploy(Map.of("WhenUnchanged", "RUN")));
        assertApplied(0, deploy(Map.of("WhenUnchanged", "RUN")));
        assertShort();
        assertApplied(0, deploy(Map.of("WhenUnchanged", "RUN")));
    }

    @Test
    void anotherWordIsRefused() {
        stage.sql(ONE);

        assertThat(deploy(Map.of("WhenUnchanged", "ALWAYS")).reason())
                .contains("Property 'WhenUnchanged'", "SKIP", "RUN", "'ALWAYS'");
    }

    @Test
    void aStackRollbackAndADeleteAreNotUnchanged() {
        stage.sql(ONE);
        Instant start = Instant.now().minusSeconds(100);
        assertFull(deploy(stamped(start)));
        assertShort(deploy(stamped(start.plusSeconds(10))));

        assertThat(resource.rollBack().data())
                .containsEntry("StackRollback", "true")
                .containsEntry("Unchanged", "false");
        assertShort(deploy(stamped(start.plusSeconds(20))));
        assertThat(resource.delete().data()).containsEntry("Unchanged", "false");
    }

    private static Map<String, String> stamped(Instant instant) {
        return Map.of("DeployedAt", instant.toString());
    }

    @Test
    void theSummarySaysThatNothingCouldBePending() {
        stage.sql(ONE);
        assertFull();
        stage.newLogLines();

        assertShort();

        List<JsonNode> lines = stage.newLogLines();
        assertThat(lines)
                .filteredOn(line -> line.path("event").asText().equals("summary"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("level").asText()).isEqualTo("INFO");
                    assertThat(line.path("message").asText()).contains("unchanged");
                    assertThat(line.path("data").path("Unchanged").asText()).isEqualTo("true");
                    assertThat(line.path("warnings").asInt()).isZero();
                });
        assertThat(lines)
                .extracting(line -> line.path("event").asText())
                .noneMatch(event -> event.startsWith("changeset."));
    }

    @Test
    void aChangesetThatRunsAlwaysRunsInEachDeploy() {
        stage.sql(
                "--changeset ann:1\ncreate table t (id int);\n--changeset ann:2 runAlways:true\ninsert into t values (2);\n");

        assertApplied(2, deploy());
        assertApplied(1, deploy());
        assertApplied(1, deploy());
        assertThat(Stage.query(database, "select count(*) from t")).isEqualTo("3");
    }

    // Its checksum is another one in each run.
    @Test
    void aChangesetWithTheIdOfTheRunRunsInEachDeploy() {
        stage.sql("""
                --changeset ann:1
                create table t (id int);
                --changeset ann:2 runOnChange:true
                comment on table t is '${LIQUIBASE_EXECUTION_DEPLOYMENT_ID}';
                """);

        assertApplied(2, deploy());
        assertApplied(1, deploy());
        assertApplied(1, deploy());
    }

    @ParameterizedTest
    @ValueSource(strings = {Stage.MASTER, "db/changelog/guarded.yaml"})
    void aPreconditionOfTheChangelogIsCheckedInEachDeploy(String file) {
        Stage.execute(database, "create table gate (id int)");
        stage.sql(ONE)
                .file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: db/changelog/guarded.yaml }\n")
                .file(file, """
                        databaseChangeLog:
                          - preConditions:
                              - onFail: HALT
                              - sqlCheck: { expectedResult: 0, sql: select count(*) from gate }
                          - include: { file: db/changelog/changes.sql }
                        """);
        assertFull();
        assertFull();

        Stage.execute(database, "insert into gate values (1)");
        assertThat(deploy().succeeded()).isFalse();

        Stage.execute(database, "delete from gate");
        assertFull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--changeset ann:2\n--preconditions onFail:CONTINUE\n--precondition-sql-check expectedResult:1 select count(*) from pg_tables where tablename = 'late'\n",
                "--changeset ann:2 failOnError:false\n"
            })
    void aChangesetThatWasPassedOverIsTriedInEachDeploy(String header) {
        stage.sql(ONE + header + "insert into late values (2);\n");
        assertFull();
        assertFull();

        Stage.execute(database, "create table late (id int)");

        assertApplied(1, deploy());
        assertShort();
    }

    @Test
    void aDeployThatFailedIsRepeated() {
        stage.sql("--changeset ann:1\ninsert into late values (1);\n");
        assertThat(deploy().succeeded()).isFalse();
        assertThat(deploy().succeeded()).isFalse();

        Stage.execute(database, "create table late (id int)");

        assertApplied(1, deploy());
        assertShort();
    }

    @Test
    void aFailureThatRanNothingDoesNotCount() {
        stage.sql(ONE);
        assertFull();
        stage.file(Stage.MASTER, "databaseChangeLog: [\n");
        assertThat(deploy().succeeded()).isFalse();

        stage.sql(ONE);

        assertShort();
    }

    @Test
    void aChangesetThatWasLeftUnfinishedIsGoneOnWith() {
        stage.sql(ONE);
        assertFull();
        leaveUnfinished();

        Stage.execute(database, "create table late (id int)");

        assertApplied(1, deploy());
        assertShort();
    }

    // A run repairs unfinished work, even if its changeset is no longer in the changelog.
    @Test
    void aChangesetThatWasLeftUnfinishedAndTakenOutIsNoticed() {
        stage.sql(ONE);
        assertFull();
        leaveUnfinished();

        stage.sql(ONE);

        assertFull();
    }

    private void leaveUnfinished() {
        stage.sql(
                ONE
                        + "--changeset ann:2 runInTransaction:false\ncreate table half (id int);\ncreate index concurrently late_id on late (id);\n");
        assertThat(deploy().succeeded()).isFalse();
    }

    @Test
    void aParameterWithoutAValueMakesTheNextDeployFull() {
        stage.sql("--changeset ann:1\ncreate table t (name text default '${owner}');\n");
        assertFull();
        assertThat(logged("parameter.undefined")).hasSize(1);

        assertFull();
        assertShort();
    }

    @Test
    void aHistoryThatIsAheadIsToldInEachDeploy() {
        stage.sql(TWO);
        assertFull();
        stage.sql(ONE);

        assertToldInEachDeploy("history.ahead");
    }

    @Test
    void aFileWithoutAChangesetIsToldInEachDeploy() {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - includeAll: { path: db/all }\n")
                .file("db/all/a.sql", HEADER + ONE)
                .file("db/all/b.sql", HEADER + "select 2;\n");

        assertToldInEachDeploy("changelog.empty");
    }

    private void assertToldInEachDeploy(String event) {
        stage.newLogLines();
        for (int each = 0; each < 3; each++) {
            assertFull();
            assertThat(logged(event)).hasSize(1);
        }
    }

    @Test
    void aWeakSslModeIsToldByAShortDeployToo() {
        stage.sql(ONE);
        assertFull(deploy(Map.of("SslMode", "require")));
        stage.newLogLines();

        assertShort(deploy(Map.of("SslMode", "require")));

        assertThat(logged("tls.weak")).hasSize(1);
    }
}
