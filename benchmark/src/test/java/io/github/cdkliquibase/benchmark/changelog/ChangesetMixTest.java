package io.github.cdkliquibase.benchmark.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.benchmark.scenario.Format;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangesetMixTest {

    private static final int MIX = 10;

    @ParameterizedTest
    @EnumSource
    void everyTenChangesetsHaveATableOfTheirOwn(Format format) {
        ChangesetMix mix = ChangesetMix.of(format);

        assertThat(IntStream.rangeClosed(1, MIX).mapToObj(mix::changeset))
                .allMatch(changeset -> changeset.contains("entity_00001"))
                .doesNotHaveDuplicates();
        assertThat(mix.changeset(MIX + 1))
                .isEqualTo(mix.changeset(1)
                        .replace("entity_00001", "entity_00002")
                        .replace(":1\n", ":11\n")
                        .replace("\"1\"", "\"11\""));
    }

    @Test
    void tenChangesetsHaveFourteenStatements() {
        SqlStatements statements = new SqlStatements();

        assertThat(IntStream.rangeClosed(1, MIX)
                        .mapToObj(statements::of)
                        .mapToInt(each -> each.size())
                        .sum())
                .isEqualTo(14);
        assertThat(statements.of(5))
                .containsExactly(
                        "insert into entity_00001 (id, name) values (2, 'second')",
                        "insert into entity_00001 (id, name) values (3, 'third')");
    }

    @Test
    void tablesAndViewsAreCounted() {
        SqlStatements statements = new SqlStatements();

        assertThat(IntStream.of(1, 8, 9, 10, 11).map(statements::relations)).containsExactly(1, 1, 2, 2, 3);
    }

    @Test
    void aMessageHoldsAllStatementsOfAChangeset() {
        String message = PsqlStyle.MESSAGE.changeset(8, new SqlStatements().of(8));

        assertThat(message.lines().toList())
                .containsExactly(
                        "alter table entity_00001 alter column price set default 0\\;",
                        "alter table entity_00001 alter column price set not null\\;",
                        "insert into history (id, author, filename) values ('8', 'benchmark', 'script.sql');");
    }
}
