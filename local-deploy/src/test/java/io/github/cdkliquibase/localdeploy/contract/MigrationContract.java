package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A changelog lands in a database through the engine. A subclass says which database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MigrationContract {

    private static final String TWO_TABLES = """
            --changeset ann:1
            create table customer (id int primary key, name text not null);
            --changeset ann:2
            create table invoice (id int primary key, customer_id int not null references customer);
            """;

    private Stage stage;
    private TargetDatabase database;

    /** An empty database, which nobody else uses. */
    abstract TargetDatabase newDatabase() throws Exception;

    @BeforeAll
    void startFunction() {
        stage = Stage.behindProvider(settings -> settings.withLayerJars(List.of(CustomChanges.jar())));
    }

    @AfterAll
    void stopFunction() {
        stage.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        database = newDatabase();
        stage.empty();
        stage.newLogLines();
    }

    @AfterEach
    void nothingLeaks() throws Exception {
        stage.nothingLeaked();
        database.close();
    }

    @Test
    void theFirstRunAppliesEverythingAndTheSecondNothing() {
        stage.sql(TWO_TABLES);
        CustomResource resource = stage.resource();
        Instant before = Instant.now();

        Answer first = resource.create(properties(Map.of()));
        Answer second = resource.update(properties(Map.of()));

        assertThat(first.succeeded()).as(first.reason()).isTrue();
        assertThat(first.data())
                .containsEntry("AppliedChangesets", "2")
                .containsEntry("TotalChangesets", "2")
                .containsEntry("LastChangeset", "db/changelog/changes.sql::2::ann")
                .containsKeys("DeploymentId", "ElapsedMillis", "RestorePoint");
        assertThat(Instant.parse(first.data().get("RestorePoint"))).isBetween(before, Instant.now());
        assertThat(Stage.query(database, "select distinct deployment_id from databasechangelog"))
                .isEqualTo(first.data().get("DeploymentId"));
        assertThat(second.succeeded()).as(second.reason()).isTrue();
        assertThat(second.data())
                .containsEntry("AppliedChangesets", "0")
                .containsEntry("TotalChangesets", "2")
                .containsEntry("LastChangeset", "db/changelog/changes.sql::2::ann")
                .containsEntry("DeploymentId", "")
                .containsEntry("RestorePoint", "");
        assertThat(second.physicalResourceId()).isEqualTo(first.physicalResourceId());
        assertThat(Stage.query(database, "select count(*) from customer, invoice"))
                .isEqualTo("0");
    }

    @Test
    void theVersionIsInTheAnswerAndInTheFirstLineOfTheLog() {
        Answer answer = stage.sql(TWO_TABLES).resource().create(properties(Map.of()));

        assertThat(answer.data().get("Version")).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?");
        JsonNode first = stage.newLogLines().getFirst();
        assertThat(first.path("version").asText()).isEqualTo(answer.data().get("Version"));
        assertThat(first.path("message").asText())
                .satisfies(approved(
                        "events/begins", Map.of("version", answer.data().get("Version"))));
    }

    @Test
    void aWarmFunctionSeesAChangesetThatIsNewUnderTheSamePath() {
        CustomResource resource = stage.sql(TWO_TABLES).resource();
        String first = resource.create(properties(Map.of())).data().get("DeploymentId");
        resource.update(properties(Map.of()));

        stage.sql(TWO_TABLES + "--changeset ann:3\ncreate table payment (id int primary key);\n");
        Answer third = resource.update(properties(Map.of()));

        assertThat(third.data())
                .containsEntry("AppliedChangesets", "1")
                .containsEntry("TotalChangesets", "3")
                .containsEntry("LastChangeset", "db/changelog/changes.sql::3::ann");
        assertThat(third.data().get("DeploymentId")).isNotEmpty().isNotEqualTo(first);
    }

    @Test
    void eachFormatAndEachKindOfIncludeIsRead() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - include: { file: one.xml, relativeToChangelogFile: true }
                  - include: { file: db/changelog/two.json }
                  - include: { file: db/changelog/three.sql }
                  - includeAll: { path: more, relativeToChangelogFile: true }
                """);
        stage.file("db/changelog/one.xml", """
                <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
                    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                  <changeSet id="1" author="xml">
                    <createTable tableName="from_xml"><column name="id" type="int" autoIncrement="true"/></createTable>
                    <loadData tableName="from_xml" file="rows.csv" relativeToChangelogFile="true"/>
                  </changeSet>
                </databaseChangeLog>
                """);
        stage.file("db/changelog/rows.csv", "id\n1\n2\n");
        stage.file("db/changelog/two.json", """
                {"databaseChangeLog": [{"changeSet": {"id": "2", "author": "json", "changes": [
                  {"sqlFile": {"path": "script.sql", "relativeToChangelogFile": true}}]}}]}
                """);
        stage.file("db/changelog/script.sql", "create table from_json (id int);\ncreate view v as select 1 as one;\n");
        stage.file(
                "db/changelog/three.sql",
                "--liquibase formatted sql\n--changeset sql:3\ncreate table from_sql (id int);\n");
        stage.file("db/changelog/more/a.yaml", """
                databaseChangeLog:
                  - changeSet: { id: 4, author: yaml, changes: [ { createTable: { tableName: from_yaml, columns: [ { column: { name: id, type: int } } ] } } ] }
                """);
        stage.file("db/changelog/more/b.yml", """
                databaseChangeLog:
                  - changeSet: { id: 5, author: yml, changes: [ { renameTable: { oldTableName: from_yaml, newTableName: from_yml } } ] }
                """);

        Answer answer = stage.resource().create(properties(Map.of()));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data()).containsEntry("AppliedChangesets", "5");
        assertThat(Stage.query(
                        database,
                        "select string_agg(filename || '::' || id, ' ' order by orderexecuted) from databasechangelog"))
                .isEqualTo("db/changelog/one.xml::1 db/changelog/two.json::2 db/changelog/three.sql::3"
                        + " db/changelog/more/a.yaml::4 db/changelog/more/b.yml::5");
        assertThat(Stage.query(database, "select count(*) from from_xml")).isEqualTo("2");
        assertThat(Stage.query(database, "select count(*) from from_json, from_sql, from_yml"))
                .isEqualTo("0");
    }

    @Test
    void contextsAndLabelsChoose() {
        stage.sql("""
                --changeset ann:1
                create table everywhere (id int);
                --changeset ann:2 contextFilter:prod
                create table in_prod (id int);
                --changeset ann:3 contextFilter:test
                create table in_test (id int);
                --changeset ann:4 labels:beta
                create table in_beta (id int);
                """);

        Answer answer = stage.resource().create(properties(Map.of("Contexts", "prod", "LabelFilter", "!beta")));

        assertThat(answer.data()).containsEntry("AppliedChangesets", "2").containsEntry("TotalChangesets", "2");
        assertThat(tables()).contains("everywhere", "in_prod").doesNotContain("in_test", "in_beta");
    }

    @Test
    void parametersAreFilledIn() {
        stage.sql("--changeset ann:1\ncreate table ${prefix}_x (id int default ${start});\n");

        Answer answer = stage.resource().create(properties(Map.of("Parameters", Map.of("prefix", "acme", "start", 7))));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(tables()).contains("acme_x");
        assertThat(Stage.query(
                        database,
                        "select column_default from information_schema.columns"
                                + " where table_name = 'acme_x' and column_name = 'id'"))
                .isEqualTo("7");
    }

    @Test
    void schemasAreWhereTheyAreWanted() {
        Stage.execute(database, "create schema \"App-1\"; create schema \"History\"");
        stage.sql("""
                --changeset ann:1
                create table a (id int);
                --changeset ann:2 runInTransaction:false
                create index concurrently a_id on a (id);
                """);
        Map<String, Object> properties = properties(Map.of("DefaultSchema", "App-1", "LiquibaseSchema", "History"));
        CustomResource resource = stage.resource();

        Answer first = resource.create(properties);
        Answer second = resource.update(properties);

        assertThat(first.succeeded()).as(first.reason()).isTrue();
        assertThat(second.data()).containsEntry("AppliedChangesets", "0").containsEntry("TotalChangesets", "2");
        assertThat(Stage.query(
                        database,
                        "select string_agg(schemaname || '.' || tablename, ' ' order by 1) from pg_tables"
                                + " where schemaname in ('App-1', 'History', 'public')"))
                .contains("App-1.a", "History.databasechangelog")
                .doesNotContain("public.");
    }

    @Test
    void aSchemaThatDoesNotExistIsRefusedByName() {
        stage.sql(TWO_TABLES);

        assertThat(stage.resource()
                        .create(properties(Map.of("DefaultSchema", "nowhere")))
                        .reason())
                .satisfies(approved("properties/schemaMissing"));
        assertThat(Stage.query(database, "select count(*) from pg_namespace where nspname = 'nowhere'"))
                .isEqualTo("0");
    }

    @Test
    void aCustomChangeOnTheFunctionsClassPathRuns() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet: { id: 1, author: ann, changes: [ { customChange: { class: %s, param: [ { name: table, value: made_by_java } ] } } ] }
                """.formatted(CustomChanges.CREATE_TABLE));

        Answer answer = stage.resource().create(properties(Map.of()));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(tables()).contains("made_by_java");
    }

    @Test
    void aChangesetThatIsOnlyMarkedDoesNotCountAsApplied() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet: { id: 1, author: ann, changes: [ { sql: { sql: "create table t (id int)" } } ] }
                  - changeSet:
                      id: 2
                      author: ann
                      preConditions: [ { onFail: MARK_RAN }, { not: [ { tableExists: { tableName: t } } ] } ]
                      changes: [ { sql: { sql: "create table t (id int)" } } ]
                """);

        Answer answer = stage.resource().create(properties(Map.of()));

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data())
                .containsEntry("AppliedChangesets", "1")
                .containsEntry("TotalChangesets", "2")
                .containsEntry("LastChangeset", Stage.MASTER + "::1::ann");
        assertThat(Stage.query(database, "select exectype from databasechangelog where id = '2'"))
                .isEqualTo("MARK_RAN");
    }

    @Test
    void aFailingChangesetIsRolledBackAndNamedAndTheNextRunGoesOnFromThere() {
        String changes = """
                --changeset ann:1
                create table a (id int primary key);
                --changeset ann:2
                create table b (id int primary key);
                --changeset ann:3
                create table c (id int primary key);
                %s;
                --changeset ann:4
                create table d (id int primary key);
                --changeset ann:5
                create table e (id int primary key);
                """;
        CustomResource resource =
                stage.sql(changes.formatted("insert into nowhere values (1)")).resource();

        Answer failed = resource.create(properties(Map.of()));

        assertThat(failed.succeeded()).isFalse();
        assertThat(failed.reason()).satisfies(approved("changeset/statementFails"));
        assertThat(tables()).contains("a", "b").doesNotContain("c", "d", "e");

        Answer mended = stage.sql(changes.formatted("insert into c values (1)"))
                .resource()
                .create(properties(Map.of()));

        assertThat(mended.data()).containsEntry("AppliedChangesets", "3").containsEntry("TotalChangesets", "5");
        assertThat(tables()).contains("a", "b", "c", "d", "e");
    }

    @Test
    void aChangesetOutsideOfATransactionSaysThatWhatItDidStays() {
        stage.sql("""
                --changeset ann:1 runInTransaction:false
                create table half (id int);
                create index concurrently half_id on nowhere (id);
                """);

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .satisfies(approved("unfinished/failsAfterTheFirstStatement"));
        assertThat(tables()).contains("half");
    }

    @Test
    void aReasonShowsNoParameterNoRowAndNoStatement() {
        stage.canary("correct-horse");
        stage.canary("4929-0000-1111");
        stage.sql("""
                --changeset ann:1
                create table card (number text primary key);
                insert into card values ('4929-0000-1111');
                --changeset ann:2
                create table sized (size int);
                insert into sized values ('${password}');
                --changeset ann:3
                insert into card values ('4929-0000-1111');
                """);
        Map<String, Object> properties = properties(Map.of("Parameters", Map.of("password", "correct-horse")));

        assertThat(stage.resource().create(properties).reason()).satisfies(approved("changeset/valueNotShown"));

        stage.file("db/changelog/changes.sql", """
                --liquibase formatted sql
                --changeset ann:3
                insert into card values ('4929-0000-1111');
                """);
        assertThat(stage.resource().create(properties).reason()).satisfies(approved("changeset/rowNotShown"));
    }

    @Test
    void aStatementThatTheDriverCannotReadIsNotShown() {
        stage.canary("unfinished-statement");
        stage.sql("--changeset ann:1\nselect 'unfinished-statement;\n");

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .satisfies(approved("changeset/quoteNotClosed"));
    }

    @Test
    void aRowThatAPreconditionFoundIsNotShown() {
        stage.canary("4929-0000-2222");
        stage.sql("""
                --changeset ann:1
                --preconditions onFail:HALT
                --precondition-sql-check expectedResult:0 select '4929-0000-2222'
                create table t (id int);
                """);

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .satisfies(approved("changeset/preconditionFindsARow"));
    }

    @Test
    void theLinesAroundAFaultInAChangelogAreNotShown() {
        stage.canary("quoted-by-the-parser");
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - sql: { sql: "alter role app password 'quoted-by-the-parser ^ ^x'"
                """);

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .satisfies(approved("changelog/yamlMalformed"));
    }

    @Test
    void aParameterOfSeveralLinesIsNotShown() {
        stage.canary("MIIEvQIBADANBgkq");
        stage.sql("--changeset ann:1\ncreate table t (id int);\ninsert into t values ('${key}');\n");
        Map<String, Object> properties = properties(
                Map.of("Parameters", Map.of("key", "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----")));

        assertThat(stage.resource().create(properties).reason())
                .contains("invalid input syntax for type integer: \"${key}\" (SQLSTATE 22P02)");
    }

    @Test
    void anAttemptThatIsRepeatedCountsNothingTwice() throws Exception {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        CustomResource resource = stage.resource();
        resource.create(properties(Map.of()));
        stage.sql("""
                --changeset ann:1
                create table a (id int);
                --changeset ann:2 runAlways:true
                select 2;
                --changeset ann:3
                alter table a add column b int;
                """);
        stage.newLogLines();

        Answer answer;
        try (Connection reader = database.connect()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select * from a");
            CompletableFuture<Void> release = CompletableFuture.runAsync(
                    () -> rollback(reader), CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));
            answer = resource.update(properties(Map.of("LockTimeout", "PT0.05S")));
            release.join();
        }

        assertThat(answer.data()).containsEntry("AppliedChangesets", "2").containsEntry("TotalChangesets", "3");
        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().startsWith("changeset.") && line.has("index"))
                .allMatch(line ->
                        line.path("index").asInt() <= 2 && line.path("total").asInt() == 2);
    }

    @Test
    void aClassThatIsMissingIsNamedWithTheChangeset() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet: { id: 1, author: ann, changes: [ { sql: { sql: "create table t (id int)" } } ] }
                  - changeSet: { id: 2, author: ann, changes: [ { customChange: { class: %s } } ] }
                """.formatted(CustomChanges.LINKAGE_ERROR));

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .satisfies(approved("changeset/classMissing"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void anErrorOfTheJvmIsToldAndTheProcessGoesOn(String change, String reason) {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet: { id: 1, author: ann, changes: [ { sql: { sql: "create table t (id int)" } } ] }
                  - changeSet: { id: 2, author: ann, changes: [ { customChange: { class: %s } } ] }
                """.formatted(change));
        int started = stage.function.coldStarts();

        assertThat(stage.resource().create(properties(Map.of())).reason()).satisfies(approved(reason));

        stage.sql(TWO_TABLES);
        Answer next = stage.resource().create(properties(Map.of()));
        assertThat(next.succeeded()).as(next.reason()).isTrue();
        assertThat(stage.function.coldStarts() - started).isLessThan(2);
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(CustomChanges.GLUTTON, "changeset/outOfMemory"),
                Arguments.of(CustomChanges.CIRCLE, "changeset/stackOverflow"));
    }

    @Test
    void aChangelogThatLeadsInACircleIsTold() {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: db/changelog/a.yaml }\n")
                .file("db/changelog/a.yaml", "databaseChangeLog:\n  - include: { file: db/changelog/a.yaml }\n");

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .satisfies(approved("changelog/includesItself"));
    }

    @Test
    void aChangesetsNameIsNotAlteredByAParameter() {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: db/inventory/a.sql }\n")
                .file(
                        "db/inventory/a.sql",
                        "--liquibase formatted sql\n--changeset ann:create-inventory-items\nselect 1;\n");

        assertThat(stage.resource()
                        .create(properties(Map.of("Parameters", Map.of("service", "inventory"))))
                        .data())
                .containsEntry("LastChangeset", "db/inventory/a.sql::create-inventory-items::ann");
    }

    @Test
    void aLabelFilterThatIsNoExpressionIsRefusedByName() {
        stage.sql(TWO_TABLES);

        assertThat(stage.resource()
                        .create(properties(Map.of("LabelFilter", "a and (b")))
                        .reason())
                .satisfies(approved("properties/labelFilterNoExpression"));
    }

    @Test
    void aFileThatHoldsNoCertificateIsRefusedByName() {
        stage.sql(TWO_TABLES).file("no.pem", "nothing");

        assertThat(stage.resource()
                        .create(properties(Map.of("SslMode", "verify-full", "SslRootCert", "no.pem")))
                        .reason())
                .satisfies(approved("properties/sslRootCertNoCertificates"));
    }

    @Test
    void aChangedChangesetIsRefusedAndNothingRuns() {
        CustomResource resource = stage.sql(TWO_TABLES).resource();
        resource.create(properties(Map.of()));

        stage.sql(TWO_TABLES.replace("name text", "name varchar") + "--changeset ann:3\ncreate table t3 (id int);\n");
        Answer answer = resource.update(properties(Map.of()));

        assertThat(answer.reason()).satisfies(approved("changelog/changesetEdited"));
        assertThat(tables()).doesNotContain("t3");
    }

    @Test
    void aPreconditionThatHaltsIsTheReason() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      preConditions:
                        - onFailMessage: run the import first
                        - sqlCheck: { expectedResult: 1, sql: select 0 }
                      changes: [ { sql: { sql: "create table t (id int)" } } ]
                """);

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .satisfies(approved("changeset/preconditionNotMet"));
    }

    @Test
    void theLogTellsEachChangesetAndASummaryAsJson() {
        stage.sql(TWO_TABLES);

        stage.resource().create(properties(Map.of()));

        List<JsonNode> lines = stage.newLogLines();
        assertThat(lines.stream()
                        .map(line -> line.path("event").asText())
                        .filter(event -> event.startsWith("changeset")))
                .containsExactly("changeset.started", "changeset.finished", "changeset.started", "changeset.finished");
        assertThat(lines)
                .filteredOn(line -> line.path("event").asText().equals("changeset.finished"))
                .last()
                .satisfies(line -> {
                    assertThat(line.path("changeset").asText()).isEqualTo("db/changelog/changes.sql::2::ann");
                    assertThat(line.path("index").asInt()).isEqualTo(2);
                    assertThat(line.path("total").asInt()).isEqualTo(2);
                    assertThat(line.path("durationMillis").isNumber()).isTrue();
                });
        assertThat(lines)
                .filteredOn(line -> line.path("event").asText().equals("summary"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("status").asText()).isEqualTo("SUCCESS");
                    assertThat(line.path("data").path("AppliedChangesets").asText())
                            .isEqualTo("2");
                });
        assertThat(lines)
                .as("lines of Liquibase that repeat these")
                .noneMatch(line -> line.path("message").asText().startsWith("Running Changeset:"));
    }

    @Test
    void aTableThatStaysLockedIsGivenUpWithItsSqlState() throws Exception {
        stage.sql(TWO_TABLES);
        stage.resource().create(properties(Map.of()));

        try (Stage impatient = Stage.behindProvider(settings -> settings.withTimeout(Duration.ofSeconds(9)));
                Connection reader = database.connect()) {
            Map<String, Object> properties = impatient.properties(database, Map.of("LockTimeout", "PT0.05S"));
            impatient.sql(TWO_TABLES).warmUp(properties);
            impatient.sql(TWO_TABLES + "--changeset ann:3\nalter table customer add column email text;\n");
            reader.setAutoCommit(false);
            reader.createStatement().execute("select * from customer");

            assertThat(impatient.resource().create(properties).reason())
                    .satisfies(approved("locks/tableLockedUntilTheDeadline", Map.of("user", database.username())));
            assertThat(impatient.newLogLines())
                    .filteredOn(line -> line.path("event").asText().equals("changeset.retry"))
                    .hasSizeGreaterThan(2);
        }
    }

    @Test
    void aTableThatIsLockedForAWhileIsWaitedFor() throws Exception {
        stage.sql(TWO_TABLES);
        CustomResource resource = stage.resource();
        resource.create(properties(Map.of()));
        stage.sql(TWO_TABLES + "--changeset ann:3\nalter table customer add column email text;\n");
        stage.newLogLines();

        Answer answer;
        try (Connection reader = database.connect()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select * from customer");
            CompletableFuture<Void> release = CompletableFuture.runAsync(
                    () -> rollback(reader), CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
            answer = resource.update(properties(Map.of("LockTimeout", "PT0.05S")));
            release.join();
        }

        assertThat(answer.data()).containsEntry("AppliedChangesets", "1");
        assertThat(stage.newLogLines())
                .anyMatch(line -> line.path("event").asText().equals("changeset.retry"));
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDeleteLeavesTheDatabaseAloneUnlessItIsToDropAll() {
        CustomResource resource = stage.sql(TWO_TABLES).resource();
        resource.create(properties(Map.of("OnDelete", "DROP_ALL")));
        Answer deleted = resource.delete();

        assertThat(deleted.succeeded()).as(deleted.reason()).isTrue();
        assertThat(tables()).isEmpty();

        resource.create(properties(Map.of()));
        resource.delete();
        assertThat(tables()).contains("customer", "invoice");
    }

    private Map<String, Object> properties(Map<String, ?> more) {
        return stage.properties(database, more);
    }

    private List<String> tables() {
        try {
            return database.tables().stream().map(TargetDatabase.Table::name).toList();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
