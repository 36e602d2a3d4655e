package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The statements of a changeset travel together where nothing can be lost by that, and fail as if they had travelled alone. */
final class RoundTripsIT extends WarmFunction {

    private static final int FEW = 5;
    private static final int MANY = 25;

    RoundTripsIT() {
        super(Duration.ofSeconds(60));
    }

    @Override
    FunctionSettings made(FunctionSettings settings) {
        return settings.withLayerJars(List.of(CustomChanges.jar()));
    }

    @Test
    void aSimpleChangesetTakesTwoRoundTrips() {
        assertThat(ofEachChangeset("""
                  - changeSet:
                      id: %1$d
                      author: ann
                      changes:
                        - sql: { sql: "create table t%1$d (id int, name text); insert into t%1$d values (1, 'a'), (2, null)" }
                        - sql: { sql: "create index t%1$d_name on t%1$d (name)" }
                """)).isEqualTo(2);
    }

    @Test
    void whatLiquibaseGeneratesTravelsAlone() {
        assertThat(ofEachChangeset("""
                  - changeSet:
                      id: %1$d
                      author: ann
                      changes:
                        - createTable: { tableName: t%1$d, columns: [ { column: { name: id, type: int } } ] }
                        - addColumn: { tableName: t%1$d, columns: [ { column: { name: n, type: int } } ] }
                """)).isEqualTo(3);
    }

    private double ofEachChangeset(String changeset) {
        return (roundTrips(MANY, changeset) - roundTrips(FEW, changeset)) / (double) (MANY - FEW);
    }

    private long roundTrips(int changesets, String changeset) {
        stage.file(
                Stage.MASTER,
                IntStream.range(0, changesets)
                        .mapToObj(changeset::formatted)
                        .collect(Collectors.joining("", "databaseChangeLog:\n", "")));
        try (var fresh = server.another();
                CountingProxy proxy = CountingProxy.before(server.port())) {
            Answer answer = stage.resource()
                    .create(stage.properties(fresh, Map.of("Port", proxy.port(), "SslMode", "disable")));

            assertThat(answer.reason()).isEmpty();
            assertThat(answer.data()).containsEntry("AppliedChangesets", Integer.toString(changesets));
            return proxy.roundTrips();
        }
    }

    @Test
    void theStatementThatFailsIsNamed() {
        stage.sql("""
                --changeset ann:1
                create table a (id int primary key);
                insert into a values (1);
                insert into a values (1);
                insert into a values (2);
                """);

        assertThat(deploy().reason())
                .contains("SQLSTATE 23505", "statement 3 of 4, line 5 of 'db/changelog/changes.sql'", "rolled back");
        assertThat(Stage.query(database, "select to_regclass('a')")).isNull();
    }

    @Test
    void aStatementThatWaitsIsNamedAlsoWhereTheNextChangeSendsIt() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - sql: { sql: "insert into missing values (1)" }
                        - createTable: { tableName: b, columns: [ { column: { name: id, type: int } } ] }
                """);

        assertThat(deploy().reason())
                .contains("relation \"missing\" does not exist")
                .doesNotContain("createTable");
    }

    @Test
    void manyStatementsAreSentInSeveralMessages() {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n"
                + IntStream.range(0, 1_000)
                        .mapToObj("insert into a values (%d);\n"::formatted)
                        .reduce("", String::concat));

        assertThat(deploy().reason()).isEmpty();
        assertThat(Stage.query(database, "select count(*) || ' ' || sum(id) from a"))
                .isEqualTo("1000 499500");
    }

    @Test
    void otherChangesSeeTheStatementsBeforeThem() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - sql: { sql: "create table a (id int); insert into a values (1)" }
                        - customChange: { class: %s, param: { name: table, value: b } }
                        - sql: { sql: "insert into b values (2); delete from a where id = 1" }
                        - addColumn: { tableName: a, columns: [ { column: { name: n, type: int } } ] }
                        - sql: { sql: "insert into a values (3, 3)" }
                        - loadData: { tableName: a, file: rows.csv }
                        - sql: { sql: "update a set n = n + 1" }
                        - tagDatabase: { tag: v1 }
                """.formatted(CustomChanges.CREATE_TABLE)).file("rows.csv", "id,n\n4,4\n");

        assertThat(deploy().reason()).isEmpty();
        assertThat(
                        Stage.query(
                                database,
                                "select (select string_agg(id || ':' || n, ',' order by id) from a) || ' ' || (select sum(id) from b)"))
                .isEqualTo("3:4,4:5 2");
    }

    @Test
    void aJavaChangeSeesEachOfItsStatements() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - sql: { sql: "create table a (id int primary key); insert into a values (1)" }
                        - customChange: { class: %s }
                        - sql: { sql: "insert into a values (9); delete from a where id = 1" }
                """.formatted(CustomChanges.THROUGH_EXECUTOR));

        assertThat(deploy().reason()).isEmpty();
        assertThat(Stage.query(database, "select string_agg(id::text, ',' order by id) from a"))
                .isEqualTo("8,9");
    }

    @Test
    void aStatementThatEndsItsSessionIsFoundAmongSeveral() {
        stage.sql("""
                --changeset ann:1
                create table a (id int);
                insert into a values (1);
                insert into a select 2 from (select pg_terminate_backend(pg_backend_pid())) x;
                insert into a values (3);
                """);

        assertThat(deploy().reason())
                .contains("its connection was lost 3 times in statement 3 of 4, line 5 of 'db/changelog/changes.sql'");
    }

    @Test
    void noticesOfSeveralStatementsAreLoggedOneByOne() {
        stage.sql("""
                --changeset ann:1 splitStatements:false
                create function tell() returns trigger language plpgsql as
                  'begin raise notice ''row %%'', new.id; return new; end';
                create table a (id int);
                create trigger t before insert on a for each row execute function tell();
                --changeset ann:2
                insert into a values (1);
                insert into a values (2);
                """.replace("%%", "%"));

        assertThat(deploy(Map.of("ServerMessages", "LOG")).reason()).isEmpty();
        assertThat(stage.newLogLines())
                .extracting(line -> line.path("message").asText())
                .contains("row 1", "row 2");
    }

    @Test
    void aRuleMayAnswerWithRows() {
        stage.sql("""
                --changeset ann:1 splitStatements:false
                create table a (id int);
                create table b (id int);
                create rule r as on insert to a do instead select 1 as one union all select 2;
                --changeset ann:2
                insert into a values (1);
                insert into b values (1);
                insert into a values (2);
                """);

        assertThat(deploy().reason()).isEmpty();
        assertThat(Stage.query(database, "select (select count(*) from a) || ' ' || (select count(*) from b)"))
                .isEqualTo("0 1");
    }

    @Test
    void aFailureThatIsAllowedLeavesNothing() {
        stage.sql("""
                --changeset ann:1 failOnError:false
                create table a (id int primary key);
                insert into a values (1);
                insert into a values (1);
                --changeset ann:2
                create table b (id int);
                insert into b values (1);
                """);

        assertThat(deploy().data()).containsEntry("AppliedChangesets", "1");
        assertThat(Stage.query(database, "select to_regclass('a')")).isNull();
        assertThat(Stage.query(database, "select count(*) from b")).isEqualTo("1");
    }
}
