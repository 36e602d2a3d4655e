package io.github.cdkliquibase.lambda.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementKindTest {

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
                "create temporary table x (id int) | SESSION",
                "select set_config('a.b', 'c', false) | SESSION",
                "begin | TRANSACTION",
                "-- now\\ncommit | TRANSACTION",
                "prepare transaction 'x' | TRANSACTION",
                "prepare x as select 1 | SESSION",
                "-- nothing else | PLAIN",
            })
    void theFirstWordsSayTheKind(String sql, StatementKind kind) {
        assertThat(StatementKind.of(sql.replace("\\n", "\n"))).isEqualTo(kind);
    }

    @Test
    void commentsMayBeLong() {
        assertThat(StatementKind.of("-- a line\n".repeat(100_000) + " ".repeat(100_000) + "vacuum"))
                .isEqualTo(StatementKind.ALONE);
        assertThat(StatementKind.of("/*".repeat(100_000))).isEqualTo(StatementKind.PLAIN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create index concurrently I_One on t (a) | 'i_one'",
                "create unique index concurrently if not exists \"I \"\"One\" on only s.\"T\" using btree (a) | 'I \"One'",
                "-- why\\n create index concurrently i$1 on s . t (a) | 'i$1'",
            })
    void theIndexIsNamedAsPostgresKeepsIt(String sql, String name) {
        assertThat(ConcurrentIndex.builtBy(sql.replace("\\n", "\n")))
                .map(ConcurrentIndex::toString)
                .hasValue("'" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index concurrently on t (a)",
                "create index i on t (a)",
                "drop index concurrently i",
                "select 'create index concurrently i on t (a)'",
            })
    void otherStatementsBuildNoIndexWithAName(String sql) {
        assertThat(ConcurrentIndex.builtBy(sql)).isEmpty();
    }

    @Test
    void aNameWithoutAnEndIsNoName() {
        assertThat(ConcurrentIndex.builtBy("create index concurrently \"" + "x\"\"".repeat(50_000)))
                .isEmpty();
    }
}
