package io.github.cdkliquibase.lambda.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** PostgreSQL's own messages about a value that was torn into pieces: every value, cut at every place. */
final class RedactionOfPiecesTest {

    static final List<String> VALUES = List.of(
            "Xq7'canarypart zw9\"kv",
            "it''s \"Kestrel\"\" wing",
            "correct horse battery staple",
            "first-line1\nsecond\r\nthird\tfourth",
            "C:\\new\\table\\x41",
            "$$dollar$quoted$ body$$",
            "größe’ß naïve 秘密の鍵 Ω\uD83D\uDE00x",
            "a;b--c/*d*/e",
            "4711",
            "pw1",
            "does not exist",
            "x".repeat(40) + "'" + "y".repeat(60));

    /** As PostgreSQL has them, with the quoted text left out. */
    private static final List<String> QUOTING = List.of(
            "syntax error at or near \"%s\"",
            "unterminated quoted string at or near \"%s\"",
            "trailing junk after numeric literal at or near \"%s\"",
            "type \"%s\" does not exist",
            "relation \"%s\" does not exist",
            "column \"%s\" of relation \"orders\" does not exist",
            "invalid input syntax for type integer: \"%s\"",
            "value \"%s\" is out of range for type bigint",
            "unrecognized configuration parameter \"%s\"",
            "invalid value for parameter \"TimeZone\": \"%s\"",
            "time zone \"%s\" not recognized",
            "invalid hexadecimal digit: \"%s\"",
            "zero-length delimited identifier at or near \"%s\"",
            "die »%s«");

    private static final List<String> BARE = List.of(
            "column %s does not exist",
            "column orders.%s does not exist", "function %s(integer) does not exist", "permission denied for table %s");

    private static final ChangelogText STATEMENT =
            new ChangelogText("insert into orders (TimeZone) values ('${secret}'::int)", true);

    /** Each piece of a value, as the server shows it: as it is, and as a name. */
    private static Stream<String> pieces(String value) {
        String line = Text.oneLine(value);
        return IntStream.range(0, line.length())
                .boxed()
                .flatMap(
                        from -> IntStream.rangeClosed(from + 1, line.length()).mapToObj(to -> line.substring(from, to)))
                .filter(piece -> piece.equals(piece.strip()))
                // The statement has these signs of its own.
                .filter(piece -> !piece.equals("'") && !piece.equals(":"))
                .flatMap(piece -> Stream.of(piece, piece.toLowerCase(Locale.ROOT)))
                .distinct();
    }

    private static String shown(String value, String message, ChangelogText statement) {
        return new Redaction(Map.of("secret", value))
                .ofServer(
                        new DatabaseMessage(message, "42601", FailureKind.OTHER, true, 0, Set.of("orders_pkey")),
                        statement);
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void noPieceIsShownInQuotes(String value) {
        for (String message : QUOTING) {
            // Where a piece has a quote, all from the first to the last one is taken for quoted.
            boolean quotesOnce = message.chars().filter(each -> each == '"').count() <= 2;
            assertThat(pieces(value).filter(piece -> quotesOnce || !piece.contains("\"")))
                    .as(message)
                    .allSatisfy(piece -> assertThat(shown(value, message.formatted(piece), STATEMENT))
                            .isIn(message.formatted("${secret}"), message.formatted("…")));
        }
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void noPieceIsShownInQuotesByAnotherStatementThatMeetsTheValueInARow(String value) {
        assertThat(pieces(value))
                .allSatisfy(piece -> assertThat(shown(
                                value,
                                "invalid input syntax for type integer: \"%s\"".formatted(piece),
                                ChangelogText.NONE))
                        .isEqualTo("invalid input syntax for type integer: \"${secret}\""));
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void noPieceWithOtherTextAroundItIsShownInQuotes(String value) {
        assertThat(pieces(value))
                .allSatisfy(piece -> assertThat(
                                shown(value, "role \"app_%s_x\" does not exist".formatted(piece), STATEMENT))
                        .doesNotContain("app_" + piece));
    }

    @ParameterizedTest
    @FieldSource("VALUES")
    void noWordOfAValueIsShownOutsideOfQuotes(String value) {
        for (String word : value.split("[^\\p{L}\\p{Nd}]+", -1)) {
            if (!word.isEmpty() && !ServerWords.areAll(word)) {
                assertThat(BARE)
                        .allSatisfy(message -> assertThat(shown(value, message.formatted(word), STATEMENT))
                                .isEqualTo(message.formatted("${secret}")));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "correct horse | relation \"orders\" does not exist",
                "correct horse | duplicate key value violates unique constraint \"orders_pkey\"",
                "does not exist | relation \"orders\" does not exist",
                "t | column \"orders\" of relation \"orders\" is of type integer but expression is of type text",
                "a | value too long for type character varying(3)",
                "orders | column orders.timezone does not exist",
                "e | null value in column \"orders\" of relation \"orders\" violates not-null constraint",
                "12 | value too long for type character varying(12)",
                "type | type \"orders\" does not exist",
                "could not be found | canceling statement due to lock timeout",
            })
    void whatIsTheServersOwnOrTheChangelogsIsShown(String value, String message) {
        assertThat(shown(value, message, STATEMENT))
                .isIn(message, message.replace("column orders.", "column ${secret}."));
    }

    @Test
    void aQuoteInWhatIsQuotedDoesNotOpenIt() {
        assertThat(shown("ab\"cd", "invalid input syntax for type integer: \"b\"cd\"", STATEMENT))
                .isEqualTo("invalid input syntax for type integer: \"${secret}\"");
        assertThat(shown("x\" y \"z", "syntax error at or near \"\" y \"z\"", STATEMENT))
                .doesNotContain("z\"");
    }

    @Test
    void whatTheServerHasMadeOfAValueIsNotShown() {
        assertThat(shown("p'w", "invalid input syntax for type integer: \"cCd3\"", STATEMENT))
                .isEqualTo("invalid input syntax for type integer: \"…\"");
    }

    @Test
    void aMessageThatConsistsOfPiecesIsWordedWithoutThem() {
        assertThat(shown(
                        "correct horse battery staple",
                        "horse battery and staple of correct",
                        new ChangelogText("select raise_it('${secret}')", true)))
                .isEqualTo("the server's message is not shown, because it repeats values of parameters");
    }

    @Test
    void theNameOfAParameterIsNotTakenForAnotherOnesValue() {
        Redaction redaction = new Redaction(Map.of("password", "s3cret-s3cret", "x", "password"));

        assertThat(redaction.apply("not \"s3cret-s3cret\"")).isEqualTo("not \"${password}\"");
    }

    @Test
    void aValueOfTheServersWordsLeavesAMessageReadable() {
        assertThat(new Redaction(Map.of("x", "not")).apply("the file was not found, but \"not\""))
                .isEqualTo("the file was not found, but \"${x}\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "not | the file 'a/not/b.sql' was not found | the file 'a/${x}/b.sql' was not found",
                "not | 'not.sql' is not there | '${x}.sql' is not there",
                "does not exist | 'does not exist/b.sql' does not exist | '${x}/b.sql' does not exist",
                "not-a-value | no not-a-value here | no ${x} here",
                "12 | 12 of 'v/12' | 12 of 'v/${x}'",
                "table | option=table of no table | option=${x} of no table",
            })
    void aValueOfTheServersWordsIsNotShownInAPath(String value, String text, String shown) {
        assertThat(new Redaction(Map.of("x", value)).apply(text)).isEqualTo(shown);
    }
}
