package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A deploy is short only if the newest successful deploy left the same history at the same place. */
final class UnchangedHistoryIT extends RepeatedDeploys {

    private static final String THREE = TWO + "--changeset ann:3\nselect 3;\n";

    UnchangedHistoryIT() {
        super(Duration.ofSeconds(30));
    }

    /** The number says how many changesets the next deploy applies. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delete from databasechangelog where id = '3' | 1",
                "delete from databasechangelog | 3",
                "drop table databasechangelog | 3",
                "insert into databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype) values ('4', 'bob', 'x', now(), 4, 'EXECUTED') | 0",
                "insert into databasechangelog select h.* from databasechangelog h where id = '3' | 0",
                "insert into databasechangelog select h.* from databasechangelog h, generate_series(1, 2) where id = '3' | 0",
                "update databasechangelog set id = '9' where id = '3' | 1",
                "update databasechangelog set author = 'bob' where id = '3' | 1",
                "update databasechangelog set filename = 'x' where id = '3' | 1",
                "update databasechangelog set dateexecuted = dateexecuted - interval '1 day' where id = '3' | 0",
                "update databasechangelog set dateexecuted = dateexecuted + interval '1 microsecond' where id = '1' | 0",
                "update databasechangelog set orderexecuted = 9 where id = '1' | 0",
                "update databasechangelog set orderexecuted = 3 - orderexecuted where orderexecuted < 3 | 0",
                "update databasechangelog set exectype = 'RERAN' where id = '2' | 0",
                "update databasechangelog set exectype = 'MARK_RAN' where id = '2' | 0",
                "update databasechangelog set md5sum = null where id = '2' | 0",
                "update databasechangelog set description = 'x' where id = '2' | 0",
                "update databasechangelog set comments = 'x' where id = '2' | 0",
                "update databasechangelog set tag = 'v1' where id = '3' | 0",
                "update databasechangelog set tag = '' where id = '3' | 0",
                "update databasechangelog set liquibase = '4.0.0' where id = '2' | 0",
                "update databasechangelog set contexts = 'x' where id = '2' | 0",
                "update databasechangelog set labels = 'x' where id = '2' | 0",
                "update databasechangelog set deployment_id = '1' where id = '2' | 0",
                "alter table databasechangelog drop column deployment_id | 0",
            })
    void anEditOfTheHistoryIsNoticed(String edit, int applied) {
        stage.sql(THREE);
        assertFull();
        assertShort();

        Stage.execute(database, edit);

        assertApplied(applied, deploy());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update databasechangelog set md5sum = '9:00000000000000000000000000000000' where id = '1'",
                "update databasechangelog h set md5sum = (select o.md5sum from databasechangelog o where o.id = (3 - h.id::int)::text) where id in ('1', '2')"
            })
    void anotherChecksumInTheHistoryIsRefused(String edit) {
        stage.sql(TWO);
        assertFull();

        Stage.execute(database, edit);

        assertThat(deploy().reason()).contains("check sum", "'db/changelog/db.changelog-master.yaml' is not valid");
    }

    @Test
    void aTextThatMovesToTheNextColumnIsNoticed() {
        stage.sql(ONE);
        assertFull();
        Stage.execute(database, "update databasechangelog set comments = 'ab', tag = 'c'");
        assertFull();
        assertShort();

        Stage.execute(database, "update databasechangelog set comments = 'a', tag = 'bc'");

        assertFull();
        assertShort();
    }

    @Test
    void aHistoryThatWasRestoredIsTheSame() {
        stage.sql(THREE);
        assertFull();

        Stage.execute(database, """
                create table copy as table databasechangelog;
                truncate databasechangelog;
                insert into databasechangelog select * from copy order by orderexecuted desc;
                drop table copy""");

        Answer answer = deploy();
        assertSucceeded(answer);
        assertThat(answer.data()).containsEntry("AppliedChangesets", "0");
    }

    // Liquibase does not look at any of these.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table other (id int); insert into other values (1)",
                "insert into t values (1)",
                "drop table t",
                "create schema elsewhere; create table elsewhere.databasechangelog as table databasechangelog"
            })
    void workOfOthersIsIgnored(String work) {
        stage.sql("--changeset ann:1\ncreate table t (id int);\n");
        assertFull();

        Stage.execute(database, work);

        assertShort();
    }

    @ParameterizedTest
    @CsvSource({"template0, 1", "a copy, 0"})
    void anotherDatabaseIsNoticed(String template, int applied) {
        stage.sql(ONE);
        assertFull();
        String other = database.databaseName() + "_other";
        Map<String, String> there = Map.of("DatabaseName", other);
        try (Administrator ofTheServer = new Administrator(server)) {
            ofTheServer.execute("create database %s template %s owner %s"
                    .formatted(
                            other,
                            template.equals("a copy") ? database.databaseName() : template,
                            database.username()));
            try {
                assertApplied(applied, deploy(there));
                assertShort(deploy(there));
                assertSucceeded(deploy());
            } finally {
                ofTheServer.execute("drop database %s with (force)".formatted(other));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create schema authorization current_user",
                "create schema elsewhere; alter role current_user set search_path = elsewhere, public",
                "create schema elsewhere; do $$ begin execute format('alter database %I set search_path = elsewhere', current_database()); end $$",
            })
    void anotherSearchPathIsRefused(String change) {
        stage.sql("--changeset ann:1\ncreate table customer (id int);\n");
        assertFull();
        assertShort();

        Stage.execute(database, change);

        String elsewhere = Stage.query(database, "select current_schema()");
        assertThat(deploy().reason()).satisfies(approved("history/moved", Map.of("schema", elsewhere)));
        assertThat(deploy(Map.of("DefaultSchema", "public")).data()).containsEntry("AppliedChangesets", "0");
    }

    @Test
    void aSearchPathThatAChangesetHasChangedIsRefusedByTheNextDeploy() {
        stage.sql(
                ONE
                        + "--changeset ann:2\ncreate schema elsewhere;\nalter role current_user set search_path = elsewhere;\n");
        assertFull();

        assertThat(deploy().reason()).satisfies(approved("history/movedOfTwoChangesets"));
    }

    @ParameterizedTest
    @CsvSource({
        "public, DATABASECHANGELOG, databasechangelogdeploys",
        "ledger, our_changes, our_changesdeploys",
        "ledger, Our_Changes, our_changesdeploys"
    })
    void theNotesAreBesideTheHistory(String schema, String history, String notes) {
        Stage.execute(database, "create schema ledger");
        stage.sql(ONE);
        Map<String, String> place =
                Map.of("DefaultSchema", "public", "LiquibaseSchema", schema, "HistoryTable", history);

        assertFull(deploy(place));
        assertShort(deploy(place));

        assertThat(tables(schema).split(" ")).contains(notes);
        assertThat(Stage.query(database, "select count(*) > 0 from " + schema + "." + notes))
                .isEqualTo("t");
    }

    @Test
    void aHistoryWithALongNameHasNotesToo() {
        stage.sql(ONE);
        Map<String, String> place = Map.of("DefaultSchema", "public", "HistoryTable", "h".repeat(63));

        assertFull(deploy(place));

        assertShort(deploy(place));
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncate databasechangelogdeploys", "drop table databasechangelogdeploys"})
    void notesThatAreLostAreMadeAgain(String loss) {
        stage.sql(ONE);
        assertFull();
        assertShort();

        Stage.execute(database, loss);

        assertFull();
        assertShort();
    }

    // A newer function may have added it.
    @Test
    void aFurtherColumnOfTheNotesIsIgnored() {
        stage.sql(ONE);
        assertFull();

        Stage.execute(database, "alter table databasechangelogdeploys add column further text");

        assertShort();
        stage.sql(TWO);
        assertApplied(1, deploy());
        assertShort();
    }

    // An update would need a key that identifies the row for the subscribers.
    @Test
    void aPublicationOfAllTablesIsNoObstacle() {
        administrator.execute("create publication everything for all tables");
        for (String changelog : List.of(ONE, TWO)) {
            stage.sql(changelog);
            assertApplied(1, deploy());
            assertShort();
        }
    }
}
