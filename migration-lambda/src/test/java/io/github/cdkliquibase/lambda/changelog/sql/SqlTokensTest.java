package io.github.cdkliquibase.lambda.changelog.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import liquibase.Scope;
import liquibase.changelog.ChangeSet;
import liquibase.exception.UnexpectedLiquibaseException;
import liquibase.parser.LiquibaseSqlParser;
import liquibase.parser.SqlParserFactory;
import liquibase.util.StandardSqlParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlTokensTest {

    private static final List<String> PIECES = List.of(
            "select",
            "SELECT",
            "1",
            "a",
            "a",
            "\"A b\"",
            "'it''s'",
            "'a\nb'",
            "E'\\''",
            "$$ ; $$",
            "$x$ ' $x$",
            ";",
            ";",
            "--c\n",
            "-- 'c\r\n",
            "/* c ; */",
            "/*a/*b*/",
            "BEGIN",
            "begin",
            "END",
            "\n",
            "\r\n",
            "\t",
            " ",
            "  ",
            "\u00a0",
            "\u00e4",
            "\ud83d\ude00",
            "\u0001",
            "(",
            ")",
            ",",
            "::",
            "->>",
            "${p}",
            "\\",
            "`",
            "@",
            "#",
            "go",
            "/",
            "\n/\n",
            "1.5e-3",
            "_x",
            "é",
            "::=");

    private static final ChangeSet CHANGESET = new ChangeSet("1", "ann", false, false, "a.sql", null, null, null);

    private final LiquibaseSqlParser ours = new SqlTokens();
    private final LiquibaseSqlParser liquibases = new StandardSqlParser();

    @Test
    void liquibaseFindsIt() {
        assertThat(Scope.getCurrentScope().getSingleton(SqlParserFactory.class).getSqlParser())
                .isInstanceOf(SqlTokens.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTokensAreThoseOfLiquibase(boolean withComments) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261127);
        int read = 0;
        for (int round = 0; round < 3_000; round++) {
            String text = IntStream.range(0, random.nextInt(40))
                    .mapToObj(piece -> PIECES.get(random.nextInt(PIECES.size())))
                    .collect(Collectors.joining());
            Object[] expected;
            try {
                expected = liquibases.parse(text, true, withComments, CHANGESET).toArray(true);
            } catch (UnexpectedLiquibaseException e) {
                assertThatThrownBy(() -> ours.parse(text, true, withComments, CHANGESET))
                        .as(text)
                        .hasMessage(e.getMessage());
                continue;
            }
            read++;
            assertThat(ours.parse(text, true, withComments, CHANGESET).toArray(true))
                    .as(text)
                    .isEqualTo(expected);
            assertThat(ours.parse(text, true, withComments, CHANGESET))
                    .as(text)
                    .hasToString(liquibases
                            .parse(text, true, withComments, CHANGESET)
                            .toString());
            assertThat(ours.parse(text, true, withComments, CHANGESET).isEmpty())
                    .as(text)
                    .isEqualTo(liquibases
                            .parse(text, true, withComments, CHANGESET)
                            .isEmpty());
        }
        assertThat(read).as("texts that the grammar accepts").isGreaterThan(500);
    }

    // The generators of views and procedures put clauses in between.
    @Test
    void withoutAChangesetTheTokensCanBeChanged() {
        assertThat(ours.parse("create view a as select 1", true, true).insertBefore("view", "or", "or replace "))
                .hasToString(liquibases
                        .parse("create view a as select 1", true, true)
                        .insertBefore("view", "or", "or replace ")
                        .toString());
    }

    // Liquibase reads a text twice, and the tokens of a long one would fill the heap behind that.
    @Test
    void theTokensAreKeptForTheSecondReadingAlone() {
        Object first = space("select 1");

        assertThat(space("select 1")).isSameAs(first);
        assertThat(space("select 1")).isNotSameAs(first);
    }

    private Object space(String text) {
        return ours.parse(text, true, true, CHANGESET).toArray(false)[1];
    }

    // Liquibase's own stream takes minutes for it.
    @Test
    void aLongTokenIsReadInOnePiece() {
        String literal = "'" + "x".repeat(8_000_000) + "'";

        assertThat(ours.parse("select " + literal, true, true, CHANGESET).toArray(true))
                .containsExactly("select", " ", literal);
    }
}
