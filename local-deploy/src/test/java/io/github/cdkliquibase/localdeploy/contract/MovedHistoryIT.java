package io.github.cdkliquibase.localdeploy.contract;

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

            assertThat(answer.reason())
                    .contains(
                            "selects schema '" + elsewhere
                                    + "', which has no history, but schema 'public' has a history of this changelog: 1 of its 1 changesets",
                            "Nothing was run. Set the property 'DefaultSchema' to 'public'");
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

            assertThat(deploy().reason()).contains("2 of its 2 changesets are in the changelog. Nothing was run");
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
            assertThat(deploy().reason())
                    .contains(
                            "which has no history, but schema 'public' has a history of this changelog: 2 of the changelog's 2 changesets are in that history. Nothing was run");
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
            assertThat(deploy().reason())
                    .contains(
                            "selects schema 'billing', whose history has no changeset of this changelog, but schema 'public' has a history of this changelog: 1 of its 1 changesets are in the changelog. Nothing was run. Set the property 'DefaultSchema' to 'public' to continue that history, or to 'billing' to start with the first changeset there");
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
                "'' | leads to no schema. Nothing was run. Set the property 'DefaultSchema'",
                "nowhere | leads to no schema. Nothing was run. Set the property 'DefaultSchema'",
                "pg_catalog | selects schema 'pg_catalog', which is PostgreSQL's own. Nothing was run. Set the property 'DefaultSchema'",
                "pg_temp | Set the property 'DefaultSchema'",
            })
    void aSearchPathThatLeadsNowhereIsTold(String path, String reason) {
        stage.sql(ONCE);
        Stage.execute(database, "alter role current_user set search_path = " + (path.isEmpty() ? "''" : path));
        try {
            assertThat(deploy().reason()).contains(reason);
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

        assertThat(deploy().reason())
                .contains(
                        "Schema 'public' has a history of this changelog in table 'DATABASECHANGELOG': 1 of its 1 changesets are in the changelog. Liquibase reads table 'databasechangelog'. Nothing was run");
    }

    @Test
    void aViewInThePlaceOfTheHistoryIsTold() {
        stage.sql(ONCE);
        Stage.execute(database, "create view databasechangelog as select 1 as id");

        assertThat(deploy().reason())
                .contains("Schema 'public' has another object with the name of one of Liquibase's tables: rename it");
    }

    @Test
    void aHistoryWhosePolicyHidesItsRowsIsTold() {
        stage.sql(ONCE);
        assertThat(deploy().succeeded()).isTrue();
        Stage.execute(database, """
                alter table databasechangelog enable row level security;
                alter table databasechangelog force row level security""");

        assertThat(deploy().reason())
                .contains(
                        "Table 'databasechangelog' in schema 'public' has row-level security, so the user of this function sees no changeset. Nothing was run");
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

        assertThat(deploy().reason())
                .contains(
                        "shows the user of this function changesets, but none of this changelog. Nothing was run. Make the user the owner of the table, or give it the attribute BYPASSRLS");
    }

    @Test
    void aPublicationOfAllTablesIsTold() {
        stage.sql("--changeset ann:1 runOnChange:true\nselect 1;\n");
        assertThat(deploy().succeeded()).isTrue();
        administrator.execute("create publication everything for all tables");
        try {
            stage.sql("--changeset ann:1 runOnChange:true\nselect 2;\n");

            assertThat(deploy().reason())
                    .contains("(SQLSTATE 55000)", "run 'ALTER TABLE … REPLICA IDENTITY FULL' on it, and deploy again");
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

        assertThat(deploy().reason())
                .contains(
                        "Changeset 'db/changelog/changes.sql::2::ann' failed: the history table public.databasechangelog did not store the row of the changeset: a trigger, a rule or a policy on the table discarded it",
                        "this one was rolled back");
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

        assertThat(answer.reason())
                .contains(
                        "(SQLSTATE 55P03)",
                        "Another session holds a lock on Liquibase's table 'databasechangelog' or 'databasechangeloglock' in schema 'public': end that session");
        assertThat(answer.invocation().duration()).isLessThan(Duration.ofSeconds(6));
        Administrator.giveUp(holder);
        assertThat(deploy().succeeded()).isTrue();
    }
}
