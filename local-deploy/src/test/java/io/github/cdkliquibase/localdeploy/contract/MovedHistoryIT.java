package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A search path that leads elsewhere than before must not make a changelog run twice. */
@Tag("slow")
final class MovedHistoryIT extends WarmFunction {

    private static final String ONCE = "--changeset ann:1\ncreate table customer (id int);\n";

    MovedHistoryIT() {
        super(Duration.ofSeconds(6));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create schema authorization current_user",
                "create schema elsewhere; alter role current_user set search_path = elsewhere, public",
                "create schema elsewhere; do $$ begin execute format('alter database %I set search_path = elsewhere', current_database()); end $$",
            })
    void aSearchPathThatWasChangedIsRefused(String change) {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(database, change);
        String elsewhere = Stage.query(database, "select current_schema()");
        try {
            Answer answer = deploy();

            assertThat(answer.reason()).satisfies(approved("history/moved", Map.of("schema", elsewhere)));
            assertThat(Stage.query(database, "select count(*) from pg_tables where tablename = 'customer'"))
                    .isEqualTo("1");
            assertThat(deploy(Map.of("DefaultSchema", "public")).data()).containsEntry("AppliedChangesets", "0");
            assertThat(deploy(Map.of("DefaultSchema", elsewhere)).data()).containsEntry("AppliedChangesets", "1");
        } finally {
            Stage.execute(database, "alter role current_user reset search_path");
        }
    }

    @Test
    void aSearchPathThatAChangesetHasChangedIsRefusedByTheNextDeploy() {
        stage.sql(
                ONCE
                        + "--changeset ann:2\ncreate schema elsewhere;\nalter role current_user set search_path = elsewhere;\n");
        try {
            assertThat(deploy().succeeded()).isTrue();

            assertThat(deploy().reason()).satisfies(approved("history/movedOfTwoChangesets"));
        } finally {
            Stage.execute(database, "alter role current_user reset search_path");
        }
    }

    @Test
    void aHistoryOfAnotherChangelogIsNotTakenForIt() {
        Stage.execute(database, "create schema elsewhere");
        stage.sql(
                "--changeset ann:1\ncreate table a (id int);\n--changeset ann:2\nselect 1;\n--changeset ann:3\nselect 1;\n");
        assertThat(deploy(Map.of("DefaultSchema", "elsewhere")).succeeded()).isTrue();
        stage.sql("--changeset ann:1\ncreate table b (id int);\n--changeset bob:1\nselect 1;\n");

        assertThat(deploy().data()).containsEntry("AppliedChangesets", "2");
    }

    @Test
    void aHistoryThatAnotherServiceSharesIsNoticed() {
        stage.sql(ONCE + "--changeset ann:2\nselect 1;\n");
        assertThat(deploy().succeeded()).isTrue();
        otherService(5);
        assertThat(deploy().data()).as("a first deploy beside another service").containsEntry("AppliedChangesets", "5");
        Stage.execute(database, "create schema elsewhere; alter role current_user set search_path = elsewhere, public");
        stage.sql(ONCE + "--changeset ann:2\nselect 1;\n");
        try {
            assertThat(deploy().reason()).satisfies(approved("history/movedOfTheWholeChangelog"));
        } finally {
            Stage.execute(database, "alter role current_user reset search_path");
        }
    }

    @Test
    void aSearchPathThatLeadsToTheHistoryOfAnotherServiceIsRefused() {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(database, "create schema billing");
        otherService(2);
        assertThat(deploy(Map.of("DefaultSchema", "billing")).succeeded()).isTrue();
        Stage.execute(database, "alter role current_user set search_path = billing, public");
        stage.sql(ONCE);
        try {
            assertThat(deploy().reason()).satisfies(approved("history/ofAnotherService"));
            assertThat(Stage.query(database, "select to_regclass('billing.customer')"))
                    .isNull();
            assertThat(deploy(Map.of("DefaultSchema", "billing")).data()).containsEntry("AppliedChangesets", "1");
        } finally {
            Stage.execute(database, "alter role current_user reset search_path");
        }
    }

    private void otherService(int changesets) {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: db/changelog/other.sql }\n")
                .file(
                        "db/changelog/other.sql",
                        IntStream.rangeClosed(1, changesets)
                                .mapToObj(each -> "--changeset bob:%d\nselect 1;\n".formatted(each))
                                .collect(Collectors.joining("", "--liquibase formatted sql\n", "")));
    }

    // Their code would run with the rights of the migration user. A sequence keeps its value when a transaction is
    // rolled back.
    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                create table databasechangelog (id text, author text, filename text);
                insert into databasechangelog values ('9', 'eve', 'x');
                alter table databasechangelog enable row level security;
                create policy trap on databasechangelog using (trap())
                """,
                """
                create type own as (value text);
                create function read(own) returns text language plpgsql as
                  'begin perform nextval(''tenant.ran''); return ''9''; end';
                create cast (own as text) with function read(own);
                create table databasechangelog (id own, author text, filename text);
                insert into databasechangelog values (row('9'), 'eve', 'x')
                """,
            })
    void theHistoryOfAnotherOwnerIsNotRead(String plant) {
        String tenant = database.databaseName() + "_tenant";
        administrator.execute("""
                create role %1$s;
                create schema tenant authorization %1$s;
                set role %1$s;
                set search_path = tenant;
                create sequence ran;
                create function trap() returns boolean language plpgsql as
                  'begin perform nextval(''tenant.ran''); return true; end';
                %2$s;
                grant usage on schema tenant to public;
                grant select on databasechangelog to public;
                grant usage on ran to public;
                reset role;
                reset search_path
                """.formatted(tenant, plant));
        try {
            stage.sql(ONCE);

            assertThat(deploy().data()).containsEntry("AppliedChangesets", "1");
            assertThat(administrator.text("select is_called from tenant.ran"))
                    .as("whether the code of the tenant ran")
                    .isEqualTo("f");
        } finally {
            administrator.execute("drop schema tenant cascade; drop role " + tenant);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | history/searchPathWithoutSchema",
                "nowhere | history/searchPathWithoutSchema",
                "pg_catalog | history/searchPathOfTheServer",
                "pg_temp | history/searchPathOfTemporaryObjects",
            })
    void aSearchPathThatLeadsNowhereIsTold(String path, String reason) {
        stage.sql(ONCE);
        Stage.execute(database, "alter role current_user set search_path = " + (path.isEmpty() ? "''" : path));
        try {
            assertThat(deploy().reason()).satisfies(approved(reason));
        } finally {
            Stage.execute(database, "alter role current_user reset search_path");
        }
        assertThat(deploy(Map.of("DefaultSchema", "public")).succeeded()).isTrue();
    }

    @Test
    void aHistoryInCapitalsIsTold() {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(
                database,
                "alter table databasechangelog rename to \"DATABASECHANGELOG\";"
                        + "alter table \"DATABASECHANGELOG\" rename id to \"ID\"");

        assertThat(deploy().reason()).satisfies(approved("history/inCapitals"));
    }

    @Test
    void aViewInThePlaceOfTheHistoryIsTold() {
        stage.sql(ONCE);
        Stage.execute(database, "create view databasechangelog as select 1 as id");

        assertThat(deploy().reason()).satisfies(approved("history/nameTaken"));
    }

    @Test
    void aHistoryWhosePolicyHidesItsRowsIsTold() {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(database, """
                alter table databasechangelog enable row level security;
                alter table databasechangelog force row level security""");

        assertThat(deploy().reason()).satisfies(approved("history/rowsHidden"));
    }

    @Test
    void aHistoryWhosePolicyShowsTheRowsOfAnotherServiceIsTold() {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        otherService(1);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(database, """
                create policy others on databasechangelog using (filename like '%other.sql');
                alter table databasechangelog enable row level security;
                alter table databasechangelog force row level security""");
        stage.sql(ONCE);

        assertThat(deploy().reason()).satisfies(approved("history/onlyRowsOfOthersShown"));
    }

    @Test
    void aPublicationOfAllTablesIsTold() {
        stage.sql("--changeset ann:1 runOnChange:true\nselect 1;\n");
        assertThat(deploy().succeeded()).isTrue();
        administrator.execute("create publication everything for all tables");
        try {
            stage.sql("--changeset ann:1 runOnChange:true\nselect 2;\n");

            assertThat(deploy().reason()).satisfies(approved("history/replicaIdentityMissing"));
        } finally {
            administrator.execute("drop publication everything");
        }
    }

    @Test
    void aHistoryThatDiscardsItsRowsFailsTheChangeset() {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(database, """
                create function discard() returns trigger language plpgsql as 'begin return null; end';
                create trigger discard before insert on databasechangelog for each row execute function discard()""");
        stage.sql(ONCE + "--changeset ann:2\ncreate table invoice (id int);\n");

        assertThat(deploy().reason()).satisfies(approved("history/rowDiscarded"));
        assertThat(Stage.query(database, "select to_regclass('invoice')")).isNull();
    }

    @Test
    void aHistoryWhoseTriggerMovesItsRowsIsTaken() {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(database, """
                create table part () inherits (databasechangelog);
                create function move() returns trigger language plpgsql as
                  'begin insert into part select new.*; return null; end';
                create trigger move before insert on databasechangelog for each row execute function move()""");
        stage.sql(ONCE + "--changeset ann:2\ncreate table invoice (id int);\n");

        Answer answer = deploy();

        assertThat(answer.data()).as(answer.reason()).containsEntry("AppliedChangesets", "1");
        assertThat(deploy().data()).containsEntry("AppliedChangesets", "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"databasechangelog", "databasechangeloglock"})
    void aHistoryThatIsLockedIsNamedInTime(String table) {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        stage.sql(ONCE + "--changeset ann:2\ncreate table invoice (id int);\n");
        Connection holder = administrator.take("begin; lock table " + table);

        Answer answer = deploy(Map.of("LockTimeout", "PT1S"));

        assertThat(answer.reason()).satisfies(approved("history/tablesLocked"));
        assertThat(answer.invocation().duration()).isLessThan(Duration.ofSeconds(6));
        Administrator.giveUp(holder);
        assertThat(deploy().succeeded()).isTrue();
    }
}
