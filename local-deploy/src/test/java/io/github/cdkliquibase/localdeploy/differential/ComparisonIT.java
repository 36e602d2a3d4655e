package io.github.cdkliquibase.localdeploy.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.cdkliquibase.localdeploy.differential.CasePlayer.Played;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The comparison itself: each kind of difference is noticed, and nothing else. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ComparisonIT {

    private static final String SCHEMA = """
            create role clerk;
            create table account (id int primary key, name text default 'x');
            insert into account values (1), (2), (3);
            create table twice (id int);
            insert into twice values (1), (1);
            create index account_name on account (name);
            create table nothing (id int);
            create sequence numbers;
            create type mood as enum ('good');
            create function one() returns int language sql as 'select 1';
            create view names as select name from account;
            create table databasechangelog (id text, author text, filename text, dateexecuted timestamp, orderexecuted int,
              exectype text, md5sum text, description text, comments text, tag text, contexts text, labels text);
            insert into databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype, md5sum)
              values ('1', 'ann', 'f.sql', '2020-01-01', 1, 'EXECUTED', '9:a'), ('2', 'ann', 'f.sql', '2020-01-02', 2, 'EXECUTED', '9:b');
            create table databasechangeloglock (id int, locked bool, lockgranted timestamp, lockedby text);
            insert into databasechangeloglock values (1, false);
            """;

    private Databases databases;
    private TargetDatabase template;
    private DatabaseState original;

    @BeforeAll
    void start() {
        databases = Databases.start();
        template = databases.create();
        databases.execute(template, SCHEMA);
        original = databases.state(true, template, HistoryTables.DEFAULT);
    }

    @AfterAll
    void stop() {
        databases.close();
    }

    static Stream<Arguments> differences() {
        return Stream.of(
                arguments("alter table nothing add column age int", Facet.SCHEMA),
                arguments("alter table account alter column name set default 'y'", Facet.SCHEMA),
                arguments("alter table account alter column name set not null", Facet.SCHEMA),
                arguments("alter table account add check (id > 0)", Facet.SCHEMA),
                arguments("alter table account set (fillfactor = 50)", Facet.SCHEMA),
                arguments("alter table account enable row level security", Facet.SCHEMA),
                arguments("create policy all_of_them on account using (true)", Facet.SCHEMA),
                arguments("drop index account_name", Facet.SCHEMA),
                arguments(
                        "drop index account_name; create unique index account_name on account (id, name)",
                        Facet.SCHEMA),
                arguments("alter sequence numbers increment 2", Facet.SCHEMA),
                arguments("alter type mood add value 'bad'", Facet.SCHEMA),
                arguments("create or replace function one() returns int language sql as 'select 2'", Facet.SCHEMA),
                arguments("create or replace view names as select name from account where id > 1", Facet.SCHEMA),
                arguments("comment on table account is 'x'", Facet.SCHEMA),
                arguments(
                        "create trigger t before update on account for each row execute function suppress_redundant_updates_trigger()",
                        Facet.SCHEMA),
                arguments("alter view names owner to clerk", Facet.OWNERS),
                arguments("alter function one owner to clerk", Facet.OWNERS),
                arguments("alter type mood owner to clerk", Facet.OWNERS),
                arguments("grant select on account to clerk", Facet.RIGHTS),
                arguments("grant select (id) on account to clerk", Facet.RIGHTS),
                arguments("revoke execute on function one from public", Facet.RIGHTS),
                arguments("alter default privileges grant select on tables to clerk", Facet.RIGHTS),
                arguments("insert into account values (4)", Facet.ROWS),
                arguments("update account set name = 'z' where id = 1", Facet.ROWS),
                arguments("insert into twice values (1)", Facet.ROWS),
                arguments("select nextval('numbers')", Facet.ROWS),
                arguments("update databasechangelog set md5sum = '9:c' where id = '2'", Facet.HISTORY),
                arguments("update databasechangelog set exectype = 'MARK_RAN' where id = '2'", Facet.HISTORY),
                arguments("update databasechangelog set filename = 'classpath:f.sql' where id = '2'", Facet.HISTORY),
                arguments("update databasechangelog set comments = 'x' where id = '2'", Facet.HISTORY),
                arguments("delete from databasechangelog where id = '2'", Facet.HISTORY),
                arguments("update databasechangelog set dateexecuted = '2019-01-01' where id = '2'", Facet.ORDER),
                arguments("update databasechangeloglock set locked = true", Facet.LOCK),
                arguments("drop table databasechangeloglock", Facet.LOCK),
                arguments("insert into databasechangeloglock values (2, false)", Facet.LOCK),
                arguments("grant select on databasechangeloglock to clerk", Facet.LOCK));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("differences")
    void aDifferenceIsNoticedAsWhatItIs(String sql, Facet facet) {
        TargetDatabase other = databases.copy(template);
        databases.execute(other, sql);

        DatabaseState state = databases.state(true, other, HistoryTables.DEFAULT);

        assertThat(original.differences(state))
                .as(original.compared("before", state, "after"))
                .containsExactly(facet);
        assertThat(original.compared("before", state, "after")).contains("only ");
        databases.drop(other);
    }

    @Test
    void anIndexThatIsLeftInvalidIsNoticed() {
        TargetDatabase other = databases.copy(template);
        databases.execute(other, "update pg_index set indisvalid = false where indexrelid = 'account_name'::regclass");

        assertThat(original.differences(databases.state(true, other, HistoryTables.DEFAULT)))
                .isEqualTo(EnumSet.of(Facet.SCHEMA, Facet.INVALID));
        databases.drop(other);
    }

    @Test
    void anotherOutcomeIsNoticed() {
        assertThat(original.differences(databases.state(false, template, HistoryTables.DEFAULT)))
                .isEqualTo(EnumSet.of(Facet.OUTCOME));
    }

    @Test
    void aCopyIsTheSameAndTablesOfTheFunctionDoNotCount() {
        TargetDatabase other = databases.copy(template);
        databases.execute(other, "create table databasechangelogunfinished (changeset text primary key)");

        DatabaseState state = databases.state(true, other, HistoryTables.DEFAULT);

        assertThat(original.differences(state))
                .as(original.compared("original", state, "copy"))
                .isEmpty();
        databases.drop(other);
    }

    @Test
    void overSeveralDeploysOnlyThoseThatRunOftenMayBeInAnotherPlace() {
        TargetDatabase other = databases.copy(template);
        databases.execute(
                other,
                "update databasechangelog set orderexecuted = 3, exectype = 'RERAN', dateexecuted = '2021-01-01' where id = '1'");
        DatabaseState state = databases.state(true, other, HistoryTables.DEFAULT);
        databases.drop(other);

        assertThat(over(original, "1").differences(over(state, "1"))).isEmpty();
        assertThat(over(original, "2").differences(over(state, "2"))).isEqualTo(EnumSet.of(Facet.HISTORY));
    }

    private static DatabaseState over(DatabaseState state, String reran) {
        return state.overSeveralDeploys(Set.of(reran), Set.of());
    }

    @Test
    void anExplanationCountsForWhatItNamesAndAsLongAsThereIsADifference() throws IOException {
        TargetDatabase other = databases.copy(template);
        databases.execute(other, "insert into account values (4)");
        Played same = played(original);
        Played more = played(databases.state(true, other, HistoryTables.DEFAULT));
        databases.drop(other);

        assertThat(faults("", same, same)).isEmpty();
        assertThat(faults("", same, more)).singleElement().asString().startsWith("Not as plain Liquibase");
        assertThat(faults(", 'expect': 'so be it', 'differs': ['rows']", same, more))
                .isEmpty();
        assertThat(faults(", 'expect': 'so be it', 'differs': ['schema']", same, more))
                .singleElement()
                .asString()
                .startsWith("Explained are differences in");
        assertThat(faults(", 'expect': 'so be it', 'differs': ['rows']", same, same))
                .containsExactly("A difference is explained, and there is none");
    }

    @Test
    void reasonsAnswersAndLogLinesAreLookedAt() throws IOException {
        Played ours = new Played(
                List.of(original),
                List.of("it failed"),
                List.of(Map.of("AppliedChangesets", "1")),
                List.of("{\"event\":\"summary\"}", "a line"),
                false);

        assertThat(faults("", played(original), ours))
                .singleElement()
                .asString()
                .startsWith("This is not true");
        assertThat(faults(
                        ", 'reason': 'succeeded', 'log': '^a line', 'warn': 'dropped', 'data-1': {'AppliedChangesets': '2'}",
                        played(original),
                        ours))
                .hasSize(5);
    }

    private static Played played(DatabaseState state) {
        return new Played(List.of(state), List.of(""), List.of(Map.of()), List.of(), true);
    }

    // With single quotes, which are easier to read here.
    private static List<String> faults(String fields, Played plain, Played ours) throws IOException {
        try (ScratchFolder folder = ScratchFolder.create("case")) {
            Path file = folder.resolve("case.json");
            Files.writeString(file, "{'deploys': 1%s}".formatted(fields).replace('\'', '"'));
            return Verdict.faults(DifferentialCase.of(folder.path()), PlainLiquibase.APACHE, plain, ours);
        }
    }
}
