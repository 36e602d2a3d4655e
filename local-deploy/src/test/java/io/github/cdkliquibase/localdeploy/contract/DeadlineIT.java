package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import io.github.cdkliquibase.stage.function.Invocation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a run is stuck in, the function answers before it is ended. */
@Tag("slow")
@Isolated("Whether an answer comes in time is looked at without other work beside it.")
final class DeadlineIT extends WarmFunction {

    private static final Duration TIMEOUT = Duration.ofSeconds(6);

    /** Of a function that serves one test, with its cold start. */
    private static final Duration WITH_A_COLD_START = Duration.ofSeconds(9);

    DeadlineIT() {
        super(TIMEOUT);
    }

    @Test
    void aSlowStatementIsStoppedAndTheRunSaysHowFarItCame() {
        stage.sql("""
                --changeset ann:1
                create table a (id int);
                --changeset ann:2
                create table b (id int);
                select pg_sleep(60);
                """);

        assertThat(failure(Map.of())).satisfies(approved("deadline/inAStatement"));
        assertThat(
                        Stage.query(
                                database,
                                "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()"))
                .isEqualTo("0");
    }

    @Test
    void statementsThatAreSlowTogetherAreStoppedToo() {
        stage.sql("--changeset ann:1\nselect pg_sleep(4);\nselect pg_sleep(4);\n");

        assertThat(failure(Map.of()))
                .satisfies(approved("deadline/inAChangeset", Map.of("changeset", "db/changelog/changes.sql::1::ann")));
    }

    // Each is over before a request to cancel it arrives.
    @Test
    void manyShortStatementsAreStoppedBetweenTwoOfThem() {
        // A query travels alone.
        stage.sql("--changeset ann:1\ncreate table a (id int);\n" + "select 1 from a;\n".repeat(60_000));

        assertThat(failure(Map.of())).satisfies(approved("deadline/betweenStatements"));
        assertThat(Stage.query(database, "select count(*) from databasechangelog"))
                .isEqualTo("0");
    }

    @Test
    void workThatStopsOnlyWithItsConnectionIsNotToldAsALostConnection() {
        try (Stage stuck = Stage.behindProvider(
                settings -> settings.withTimeout(WITH_A_COLD_START).withLayerJars(List.of(CustomChanges.jar())))) {
            stuck.file(Stage.MASTER, """
                    databaseChangeLog:
                      - changeSet: { id: 1, author: ann, changes: [ { customChange: { class: %s } } ] }
                    """.formatted(CustomChanges.OUTLASTING));

            Answer answer = stuck.resource().create(stuck.properties(database, Map.of()));

            assertThat(answer.reason())
                    .satisfies(approved(
                            "deadline/cut", Map.of("changeset", "db/changelog/db.changelog-master.yaml::1::ann")));
        }
    }

    @Test
    void aSlowPreconditionIsStopped() {
        stage.sql("""
                --changeset ann:1
                --preconditions onFail:HALT
                --precondition-sql-check expectedResult:1 select 1 from pg_sleep(60)
                create table a (id int);
                """);

        assertThat(failure(Map.of()))
                .satisfies(approved("deadline/inAChangeset", Map.of("changeset", "db/changelog/changes.sql::1::ann")));
    }

    @Test
    void theNextRunGoesOnWhereTimeEnded() {
        stage.sql("""
                --changeset ann:1
                select pg_sleep(1.8);
                --changeset ann:2
                select pg_sleep(1.8);
                --changeset ann:3
                select pg_sleep(1.8);
                --changeset ann:4
                select 4;
                """);

        assertThat(failure(Map.of()))
                .satisfies(approved("deadline/inAChangeset", Map.of("changeset", "db/changelog/changes.sql::3::ann")))
                .contains("2 of 4 changesets were applied and stay");
        assertThat(deploy(Map.of()).data())
                .containsEntry("AppliedChangesets", "2")
                .containsEntry("TotalChangesets", "4");
    }

    @Test
    void aChangeInJavaThatDoesNotEndIsLeftBehind() {
        // A function of its own: the change goes on in it, and would keep the next event waiting.
        try (Stage stuck = Stage.behindProvider(
                settings -> settings.withTimeout(WITH_A_COLD_START).withLayerJars(List.of(CustomChanges.jar())))) {
            doNotEnd(stuck);

            CustomResource resource = stuck.resource();
            Map<String, Object> properties = stuck.properties(database, Map.of());
            Answer answer = resource.create(properties);
            stuck.sql("--changeset ann:1\ncreate table a (id int);\n");
            Answer next = resource.create(properties);

            assertThat(answer.reason()).satisfies(approved("deadline/couldNotBeStopped"));
            assertThat(answer.invocation().duration()).isLessThan(WITH_A_COLD_START);
            assertThat(next.data()).as(next.reason()).containsEntry("AppliedChangesets", "1");
            assertThat(stuck.function.coldStarts()).as("processes").isEqualTo(2);
        }
    }

    @Test
    void behindTheDirectDoorItIsAnsweredOnceAndTheNextEventGetsAProcessOfItsOwn() {
        // Long enough for a cold start beside other work.
        Duration timeout = TIMEOUT.multipliedBy(2);
        try (Stage stuck =
                Stage.direct(settings -> settings.withTimeout(timeout).withLayerJars(List.of(CustomChanges.jar())))) {
            doNotEnd(stuck);
            CustomResource resource = stuck.resource();
            Map<String, Object> properties = stuck.properties(database, Map.of());

            Answer answer = resource.create(properties);
            List<RecordedRequest> uploads = stuck.bucket.uploads();
            stuck.sql("--changeset ann:1\ncreate table a (id int);\n");
            Answer next = resource.create(properties);

            assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
            assertThat(answer.reason()).satisfies(approved("deadline/couldNotBeStopped"));
            assertThat(uploads).as("answers").singleElement().matches(RecordedRequest::accepted);
            assertThat(answer.invocation())
                    .isInstanceOfSatisfying(
                            Invocation.FunctionError.class,
                            error -> assertThat(error.errorMessage()).satisfies(approved("deadline/processEnds")));
            assertThat(answer.invocation().duration()).isLessThan(timeout);
            assertThat(next.data()).as(next.reason()).containsEntry("AppliedChangesets", "1");
            assertThat(stuck.bucket.uploads()).as("answers to both events").hasSize(2);
            assertThat(stuck.function.coldStarts()).as("processes").isEqualTo(2);
        }
    }

    private static void doNotEnd(Stage stage) {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet: { id: 1, author: ann, changes: [ { customChange: { class: %s } } ] }
                """.formatted(CustomChanges.NEVER_ENDING));
    }

    // Liquibase expands every alias, and cannot be stopped while it does.
    @Test
    void aYamlFileWhoseAliasesExpandBeyondMemoryIsRefused() {
        stage.file(Stage.MASTER, bomb(""));

        assertThat(failure(Map.of()))
                .satisfies(approved("changelog/aliasesExpandTooFar", Map.of("file", Stage.MASTER)));
    }

    // Liquibase reads JSON with its reader of YAML.
    @Test
    void aJsonFileWhoseAliasesExpandBeyondMemoryIsRefused() {
        stage.file("bomb.json", bomb(""));

        assertThat(failure(Map.of("ChangelogFile", "bomb.json")))
                .satisfies(approved("changelog/aliasesExpandTooFar", Map.of("file", "bomb.json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void theAliasesAreSeenInEachEncoding(String charset) throws IOException {
        String text = "\uFEFF" + bomb("# \u00c4\u20ac\n---\n");
        Files.write(stage.changelogs().resolve("bomb.yaml"), text.getBytes(Charset.forName(charset)));

        assertThat(failure(Map.of("ChangelogFile", "bomb.yaml")))
                .satisfies(approved("changelog/aliasesExpandTooFar", Map.of("file", "bomb.yaml")));
    }

    private static String bomb(String head) {
        StringBuilder bomb = new StringBuilder(head + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level <= 9; level++) {
            bomb.append("a%1$d: &a%1$d [%2$s]\n"
                    .formatted(level, String.join(", ", Collections.nCopies(10, "*a" + (level - 1)))));
        }
        return bomb + "databaseChangeLog:\n  - changeSet: { id: 1, author: ann, comment: *a9 }\n";
    }

    @Test
    void aYamlFileWithAnOrdinaryAliasIsApplied() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet: { id: 1, author: ann, changes: [ { createTable: { tableName: a, columns: &key [ { column: { name: id, type: int } } ] } } ] }
                  - changeSet: { id: 2, author: ann, changes: [ { createTable: { tableName: b, columns: *key } } ] }
                """);

        assertThat(deploy().data()).containsEntry("AppliedChangesets", "2");
    }

    @Test
    void aHeapThatIsFullIsToldBeforeTheFunctionIsKilled() {
        Duration timeout = Duration.ofSeconds(60);
        try (Stage full = Stage.behindProvider(settings ->
                settings.withTimeout(timeout).withMemory(256).withLayerJars(List.of(CustomChanges.jar())))) {
            full.file(Stage.MASTER, """
                    databaseChangeLog:
                      - changeSet: { id: 1, author: ann, changes: [ { customChange: { class: %s } } ] }
                    """.formatted(CustomChanges.HOARDER));
            Map<String, Object> properties = full.properties(database, Map.of());

            Answer answer = full.resource().create(properties);
            full.sql("--changeset ann:1\ncreate table a (id int);\n");
            Answer next = full.resource().create(properties);

            assertThat(answer.reason()).satisfies(approved("deadline/outOfMemory"));
            assertThat(answer.invocation().duration()).isLessThan(timeout.dividedBy(2));
            assertThat(next.data()).as(next.reason()).containsEntry("AppliedChangesets", "1");
        }
    }

    @Test
    void aLockedHistoryIsNotWaitedForForEver() throws SQLException {
        // A function of its own: Liquibase tries this ten times, and would keep the next event waiting.
        try (Stage stuck = Stage.behindProvider(settings -> settings.withTimeout(TIMEOUT));
                Connection other = database.connect()) {
            stuck.sql("--changeset ann:1\ncreate table a (id int);\n");
            Stage.execute(
                    database,
                    "create table databasechangeloglock (id int primary key, locked boolean not null, lockgranted timestamp, lockedby varchar(255))");
            other.setAutoCommit(false);
            other.createStatement().execute("lock table databasechangeloglock");

            Answer answer = stuck.resource().create(stuck.properties(database, Map.of()));

            assertThat(answer.reason()).startsWith("The function ran out of time");
            assertThat(answer.invocation().duration()).isLessThan(TIMEOUT);
        }
    }

    @Test
    void aDropThatWaitsForALockIsStopped() throws SQLException {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        CustomResource resource = stage.resource();
        resource.create(stage.properties(database, Map.of("OnDelete", "DROP_ALL")));

        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("select * from a");

            Answer answer = resource.delete();

            assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
            assertThat(answer.reason()).satisfies(approved("delete/canceled"));
        }
    }

    @Test
    void aServerThatTakesConnectionsAndSaysNothingIsToldAsUnreachable() throws IOException {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(failure(Map.of("Port", String.valueOf(silent.getLocalPort()))))
                    .startsWith("No connection to database ");
        }
    }

    @Test
    void aTlsConnectionThatGoesSilentWhileTheDriverSendsIsCut() throws IOException {
        Duration timeout = Duration.ofSeconds(8);
        try (Stage stuck = Stage.behindProvider(settings -> settings.withTimeout(timeout));
                StallingProxy proxy = StallingProxy.before(database.port(), 300_000)) {
            stuck.sql("--changeset ann:1\ncreate table a (t text);\ninsert into a values ('%s');\n"
                    .formatted("x".repeat(12_000_000)));

            Answer answer =
                    stuck.resource().create(stuck.properties(database, Map.of("Port", String.valueOf(proxy.port()))));

            assertThat(answer.reason())
                    .satisfies(
                            approved("deadline/inAChangeset", Map.of("changeset", "db/changelog/changes.sql::1::ann")));
            assertThat(answer.invocation().duration()).isLessThan(timeout);
        }
    }

    private String failure(Map<String, ?> more) {
        Answer answer = deploy(more);
        assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(answer.invocation()).isInstanceOf(Invocation.FunctionError.class);
        assertThat(answer.invocation().duration()).isLessThan(TIMEOUT);
        return answer.reason();
    }
}
