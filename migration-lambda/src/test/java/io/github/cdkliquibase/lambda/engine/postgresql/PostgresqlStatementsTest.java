package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PostgresqlStatementsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table a (id int)",
                " CREATE UNIQUE INDEX i ON a (id)",
                "insert into a values ('x')",
                "alter table a add column b text",
                "create function f() returns int language sql as 'select 1'",
                "delete from a",
                "insert into a values (1) -- note",
            })
    void aStatementWithoutRowsCanBeSentWithOthers(String sql) {
        assertThat(new PostgresqlStatements().canBeSentWithOthers(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "insert into a values (1) returning id",
                "with x as (select 1) insert into a select * from x",
                "create temp table a (id int)",
                "create index concurrently i on a (id)",
                "insert into a values (1); insert into a values (2)",
                "insert into a values ('?')",
                "insert into a values ('{}')",
                "insert into a select set_config('x.y', '1', false)",
                "set role ann",
                "vacuum a",
                "commit",
                "do 'begin null; end'",
                "call p()",
                "copy a from stdin",
                "insert into a values ('x",
                "create function f() returns int as $$ declare n int",
                "insert into a values (1) /* note",
                "insert into a values ((1)",
                "-- note\nset role ann",
                "",
            })
    void anyOtherStatementTravelsAlone(String sql) {
        assertThat(new PostgresqlStatements().canBeSentWithOthers(sql)).isFalse();
    }
}
