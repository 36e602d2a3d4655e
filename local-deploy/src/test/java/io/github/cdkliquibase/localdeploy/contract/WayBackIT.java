package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which changesets a stack rollback undoes, which it refuses, and whose rows it loses. */
final class WayBackIT extends RepeatedDeploys {

    private static final String FIRST = "2026-11-20T10:00:00Z";
    private static final String SECOND = "2026-11-20T11:00:00Z";
    private static final String THIRD = "2026-11-20T12:00:00Z";

    private static final String OWNER = """
            --changeset ann:owner
            create table owner (id int primary key, name text);
            --rollback drop table owner;
            """;

    private static final String PET = """
            --changeset ann:pet
            create table pet (id int primary key);
            --rollback drop table pet;
            """;

    private static final String PHONE = """
            --changeset ann:phone
            alter table owner add column phone text;
            --rollback alter table owner drop column phone;
            """;

    private static final String SEED = """
            --changeset ann:seed
            insert into pet values (1), (2);
            --rollback delete from pet where id in (1, 2);
            """;

    WayBackIT() {
        super(Duration.ofSeconds(30));
    }

    @BeforeEach
    void firstDeploy() {
        stage.sql(OWNER);
        assertFull(deploy(at(FIRST)));
    }

    private static Map<String, String> at(String stamp) {
        return Map.of("DeployedAt", stamp, "OnStackRollback", "ROLLBACK");
    }

    private static Map<String, String> at(String stamp, String property, String value) {
        Map<String, String> properties = new HashMap<>(at(stamp));
        properties.put(property, value);
        return properties;
    }

    private Answer second(String changesets) {
        stage.sql(OWNER + changesets);
        Answer answer = deploy(at(SECOND));
        assertSucceeded(answer);
        return answer;
    }

    private Answer back() {
        stage.sql(OWNER);
        Answer answer = resource.rollBack();
        assertSucceeded(answer);
        assertThat(answer.data()).containsEntry("StackRollback", "true");
        return answer;
    }

    private void assertBack(int changesets, Answer answer) {
        assertThat(answer.data())
                .containsEntry("RolledBackChangesets", String.valueOf(changesets))
                .containsEntry("RollbackReason", "");
        assertThat(history()).isEqualTo("owner");
        assertThat(tables("public")).doesNotContain("pet");
    }

    private void assertKept(Answer answer, String... why) {
        assertThat(answer.data()).containsEntry("RolledBackChangesets", "0");
        assertThat(answer.data().get("RollbackReason"))
                .startsWith("Nothing was rolled back: ")
                .contains(why);
    }

    private String history() {
        return administrator.text("select string_agg(id, ' ' order by orderexecuted) from databasechangelog");
    }

    @Test
    void theChangesetsOfTheDeployAreUndoneAndCanBeAppliedAgain() {
        second(PET + SEED + PHONE);

        assertBack(3, back());

        assertThat(administrator.text("select count(*)::text from pg_attribute where attname = 'phone'"))
                .isEqualTo("0");
        stage.sql(OWNER + PET + SEED + PHONE);
        assertApplied(3, deploy(at(THIRD)));
    }

    @Test
    void changeTypesOfLiquibaseNeedNoRollbackBlock() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - include: { file: db/changelog/changes.sql }
                  - changeSet:
                      id: pet
                      author: ann
                      changes:
                        - createTable:
                            tableName: pet
                            columns:
                              - column: { name: id, type: int }
                        - createIndex:
                            indexName: pet_id
                            tableName: pet
                            columns:
                              - column: { name: id }
                """);
        assertApplied(1, deploy(at(SECOND)));

        assertBack(1, back());
    }

    @Test
    void aSecondDeliveryChangesNothingAndCountsTheSame() {
        second(PET);
        stage.sql(OWNER);
        CustomResourceEvent event = resource.event(RequestType.UPDATE, stage.properties(database, at(FIRST)));

        assertBack(1, resource.send(event));
        assertBack(1, resource.send(event));
    }

    @Test
    void aFailedDeployIsUndoneAsFarAsItCame() {
        stage.sql(OWNER + PET + "--changeset ann:wrong\nselect 1 / 0;\n");
        assertThat(deploy(at(SECOND)).succeeded()).isFalse();

        assertBack(1, back());
    }

    @Test
    void severalFailedDeploysAreUndoneTogether() {
        String wrong = "--changeset ann:wrong\nselect 1 / 0;\n";
        stage.sql(OWNER + PET + wrong);
        assertThat(deploy(at(SECOND)).succeeded()).isFalse();
        stage.sql(OWNER + PET + PHONE + wrong);
        assertThat(deploy(at(THIRD)).succeeded()).isFalse();

        assertBack(2, back());
    }

    @Test
    void nothingIsUndoneIfOneChangesetHasNoWayBack() {
        second(PET + "--changeset ann:seed\ninsert into pet values (1);\n");

        assertKept(back(), "changeset 'db/changelog/changes.sql::seed::ann' has no way back", "no rollback block");

        assertThat(history()).isEqualTo("owner pet seed");
    }

    @Test
    void aStatementThatFailsIsFoundBeforeAnythingIsUndone() {
        second(PET + PHONE);
        administrator.execute("create view of_others as select id from pet");

        assertKept(back(), "a trial of the rollback failed at changeset", "::pet::ann", "SQLSTATE 2BP01");

        assertThat(history()).isEqualTo("owner pet phone");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "insert into pet values (9) | table public.pet",
                "update pet set id = 9 where id = 1 | table public.pet",
                "insert into owner values (1, 'Ann', '123') | column phone of table public.owner",
            })
    void rowsOfOthersAreNotLost(String written, String what) {
        second(PET + SEED + PHONE);
        Stage.execute(database, written);

        assertKept(back(), "it would drop " + what, "'RollbackDataLoss' to 'ALLOW'");

        assertThat(history()).isEqualTo("owner pet seed phone");
    }

    @Test
    void rowsOfOthersMayBeLostIfThePropertySaysSo() {
        Map<String, String> allowed = at(FIRST, "RollbackDataLoss", "ALLOW");
        resource.update(stage.properties(database, allowed));
        second(PET);
        Stage.execute(database, "insert into pet values (9)");

        assertBack(1, back());
    }

    // Rows of before, and rows without a value in the column, lose nothing.
    @Test
    void aColumnIsDroppedIfNoRowOfOthersHasAValueInIt() {
        Stage.execute(database, "insert into owner values (1, 'Ann')");
        second(PHONE + "--changeset ann:fill\nupdate owner set phone = '1';\n--rollback empty\n");
        Stage.execute(database, "insert into owner values (2, 'Bob')");

        Answer answer = back();

        assertBack(2, answer);
        assertThat(administrator.text("select count(*)::text from owner")).isEqualTo("2");
    }

    @Test
    void rowsThatTheWayBackWritesAreItsOwn() {
        Stage.execute(database, "insert into owner values (1, 'Ann')");
        second(PHONE + "--changeset ann:fill\nselect 1;\n--rollback update owner set phone = name;\n");

        assertBack(2, back());
    }

    @Test
    void aTableAndAColumnThatWereRenamedSinceAreFound() {
        second(PET + PHONE + """
                --changeset ann:animal
                alter table pet rename to animal;
                --rollback alter table animal rename to pet;

                --changeset ann:mobile
                alter table owner rename column phone to mobile;
                --rollback alter table owner rename column mobile to phone;
                """);

        assertBack(4, back());
    }

    @Test
    void rowsThatAPolicyHidesFromTheirOwnerAreNotLost() {
        second(PET + """
                --changeset ann:policy
                alter table pet enable row level security;
                alter table pet force row level security;
                create policy mine on pet using (id = 1) with check (true);
                --rollback empty
                """);
        Stage.execute(database, "insert into pet values (9)");

        assertKept(back(), "row-level security policy");
    }

    @Test
    void aRollbackThatLedElsewhereSaysSo() {
        Stage.execute(database, "create schema elsewhere");
        stage.sql(OWNER + PET);
        assertApplied(2, deploy(at(SECOND, "DefaultSchema", "elsewhere")));

        assertKept(back(), "had other properties of the database");
    }

    @Test
    void aDeploySucceedsAlsoIfAChangesetTakesTheTableOfTheWaysBackAway() {
        second(PET + """
                --changeset ann:trigger splitStatements:false
                create function deny() returns trigger language plpgsql as 'begin raise exception ''no''; end';
                create trigger deny before insert on databasechangelogwaysback execute function deny();
                --rollback empty
                """);

        assertKept(back(), "table 'databasechangelogwaysback' cannot be trusted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"call undo()", "do 'begin commit; end'", "drop index concurrently owner_name; drop table pet"})
    void aWayBackThatNoTransactionCanHoldIsNotKept(String block) {
        second(PET + "--changeset ann:alone\nselect 1;\n--rollback %s;\n".formatted(block));

        assertKept(back(), "changeset 'db/changelog/changes.sql::alone::ann' has no way back");
    }

    @Test
    void aChangesetThatIsMarkedAsRunLosesItsRow() {
        second("""
                --changeset ann:marked
                --preconditions onFail:MARK_RAN
                --precondition-sql-check expectedResult:1 select 0
                create table pet (id int);
                """);

        assertBack(0, back());
    }

    @Test
    void aRepeatedChangesetWithAnEmptyWayBackGetsItsFormerRow() {
        String always = "--changeset ann:always runAlways:true\nselect 1;\n--rollback empty\n";
        stage.sql(OWNER + always);
        assertApplied(1, deploy(at(SECOND)));
        String row = administrator.text("select h::text from databasechangelog h where id = 'always'");
        stage.sql(OWNER + always + PET);
        assertApplied(2, deploy(at(THIRD)));

        stage.sql(OWNER + always);
        Answer answer = resource.rollBack();

        assertThat(answer.data()).containsEntry("RolledBackChangesets", "2").containsEntry("RollbackReason", "");
        assertThat(administrator.text("select h::text from databasechangelog h where id = 'always'"))
                .isEqualTo(row);
    }

    @Test
    void aRepeatedChangesetWithAnotherEffectHasNoWayBack() {
        String view =
                "--changeset ann:view runOnChange:true\ncreate or replace view v as select %d as n;\n--rollback drop view v;\n";
        stage.sql(OWNER + view.formatted(1));
        assertApplied(1, deploy(at(SECOND)));
        stage.sql(OWNER + view.formatted(2));
        assertApplied(1, deploy(at(THIRD)));

        assertKept(resource.rollBack(), "it had run before, and its earlier effect is not known");
    }

    @Test
    void anInvalidIndexOfAFailedBuildIsTidiedUp() {
        stage.sql(OWNER + PET + """
                --changeset ann:twice runInTransaction:false
                create unique index concurrently owner_name on owner (name);
                --rollback drop index owner_name;
                """);
        Stage.execute(database, "insert into owner values (1, 'Ann'), (2, 'Ann')");
        assertThat(deploy(at(SECOND)).succeeded()).isFalse();

        assertBack(1, back());

        assertThat(administrator.text("select count(*)::text from pg_class where relname = 'owner_name'"))
                .isEqualTo("0");
    }

    @Test
    void aChangesetThatStoppedHalfWayKeepsEverything() {
        stage.sql(OWNER + PET + """
                --changeset ann:half runInTransaction:false
                create table half (id int);
                select 1 / 0;
                """);
        assertThat(deploy(at(SECOND)).succeeded()).isFalse();

        assertKept(back(), "changeset 'db/changelog/changes.sql::half::ann' stopped after 1 of its statements");
    }

    @Test
    void aStatementThatRefusesATransactionIsExecutedAlone() {
        second(PET + """
                --changeset ann:index runInTransaction:false
                create index concurrently owner_name on owner (name);
                --rollback drop index concurrently owner_name;
                """);

        assertBack(2, back());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grant insert on databasechangelogwaysback to public",
                "grant update (statements) on databasechangelogwaysback to public"
            })
    void aTableThatOthersMayWriteIsNotTrusted(String grant) {
        second(PET);
        Stage.execute(database, grant);

        assertKept(back(), "table 'databasechangelogwaysback' cannot be trusted");
    }

    @Test
    void rightsThatAChangesetGrantsOnAllTablesAreTakenBack() {
        second(PET + "--changeset ann:grant\ngrant all on all tables in schema public to public;\n--rollback empty\n");

        assertBack(2, back());
    }

    @Test
    void aStampThatWasNeverDeployedIsADeploy() {
        second(PET);
        stage.sql(OWNER + PET + PHONE);

        assertApplied(1, deploy(at("2026-11-20T10:30:00Z")));
        assertThat(logged("clock.late")).hasSize(1);
    }

    @Test
    void aChangesetWhoseRowWasDeletedByHandStays() {
        second(PET);
        Stage.execute(database, "delete from databasechangelog where id = 'pet'");

        assertKept(back(), "the history no longer has changeset 'db/changelog/changes.sql::pet::ann'");
        assertThat(tables("public")).contains("pet");
    }
}
