package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.engine.StatementKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatementKindsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create table vacuum_log (id int) | PLAIN",
                "insert into t values ('commit') | PLAIN",
                "select set_config_of_mine() | PLAIN",
                "create index i on t (a) | PLAIN",
                "do $$ begin perform 1; end $$ | PLAIN",
                "reindex index concurrently i | ALONE",
                "create index concurrently i on t (a) | ALONE",
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a) | ALONE",
                "/* a /* nested */ one */ -- and a line\\n drop index concurrently i | ALONE",
                "vacuum analyze t | ALONE",
                "call fill() | ALONE",
                "do $$ begin insert into t values (1); commit; end $$ | ALONE",
                "alter table p detach partition p1 concurrently | ALONE",
                "create database other | ALONE",
                "set lock_timeout = 1 | SESSION",
                "create temporary table x (id int) | PLAIN",
                "set local role x | SESSION",
                "select set_config('a.b', 'c', false) | SESSION",
                "select pg_catalog.set_config('a.b', 'it''s', true) as x; | SESSION",
                "select set_config('a.b', nextval('s')::text, false) | PLAIN",
                "select set_config('a.b', 'c', false), fill() | PLAIN",
                "begin | BEGIN",
                "start transaction read only | BEGIN",
                "-- now\\ncommit | COMMIT",
                "end | COMMIT",
                "prepare transaction 'x' | PREPARE",
                "commit prepared 'x' | ALONE",
                "rollback | ROLLBACK",
                "rollback to savepoint s | SAVEPOINT",
                "rollback work to s | SAVEPOINT",
                "savepoint s | SAVEPOINT",
                "release s | SAVEPOINT",
                "begin; insert into t values (1); commit | ALONE",
                "set role x; create table t (id int) | PLAIN",
                "set role x; set search_path = s | SESSION",
                "prepare x as select 1 | SESSION",
                "-- nothing else | PLAIN",
            })
    void theFirstWordsSayTheKind(String sql, StatementKind kind) {
        assertThat(StatementKinds.of(sql.replace("\\n", "\n"))).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "commit | true",
                "insert into t values (1); commit; select 1 | true",
                "insert into t values ('; commit;') | false",
                "do $$ begin perform 1; commit; end $$ | false",
                "rollback to s | false",
                "begin | false",
            })
    void aTextEndsATransactionIfOneOfItsStatementsDoes(String sql, boolean ends) {
        assertThat(StatementKinds.endsATransaction(sql)).isEqualTo(ends);
    }

    @Test
    void commentsMayBeLong() {
        assertThat(StatementKinds.of("-- a line\n".repeat(100_000) + " ".repeat(100_000) + "vacuum"))
                .isEqualTo(StatementKind.ALONE);
        assertThat(StatementKinds.of("/*".repeat(100_000))).isEqualTo(StatementKind.PLAIN);
    }

    @Test
    void aSettingOfManyCharactersIsOne() {
        assertThat(StatementKinds.of("select set_config('a.b', '" + "x''".repeat(20_000) + "', false)"))
                .isEqualTo(StatementKind.SESSION);
    }
}
