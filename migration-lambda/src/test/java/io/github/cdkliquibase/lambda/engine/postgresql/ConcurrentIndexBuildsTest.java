package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConcurrentIndexBuildsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create index concurrently I_One on t (a) | i_one | t | false",
                "create unique index concurrently if not exists \"I \"\"One\" on only s.\"T\" using btree (a) | I \"One | s.\"T\" | false",
                "-- why\\n create index concurrently i$1 on s . t (a) | i$1 | s . t | false",
                "create index concurrently on t (a) | '' | t | false",
                "reindex index concurrently s.i | '' | s.i | true",
                "reindex (verbose) table concurrently t | '' | t | false",
                "reindex (concurrently, verbose) table t | '' | t | false",
            })
    void aStatementSaysWhichIndexItBuilds(String sql, String name, String relation, boolean isIndex) {
        assertThat(WantedIndex.by(sql.replace("\\n", "\n"))).hasValue(new WantedIndex(relation, isIndex, name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index i on t (a)",
                "drop index concurrently i",
                "reindex table t",
                "select 'create index concurrently i on t (a)'",
            })
    void otherStatementsBuildNoIndexConcurrently(String sql) {
        assertThat(WantedIndex.by(sql)).isEmpty();
    }

    @Test
    void aNameWithoutAnEndIsNoName() {
        assertThat(WantedIndex.by("create index concurrently \"" + "x\"\"".repeat(50_000)))
                .isEmpty();
    }
}
