package io.github.cdkliquibase.lambda.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class RedactionTest {

    @Test
    void aValueIsReplacedByTheNameOfItsParameter() {
        Redaction redaction = new Redaction(Map.of("readerPassword", "correct-horse-battery"));

        assertThat(redaction.apply("invalid input syntax for type integer: \"xcorrect-horse-batteryx\""))
                .isEqualTo("invalid input syntax for type integer: \"x${readerPassword}x\"");
    }

    @Test
    void aShortValueIsReplacedAsAWholeWordOnly() {
        Redaction redaction = new Redaction(Map.of("schema", "app"));

        assertThat(redaction.apply("relation \"app.app_user\" of application does not exist"))
                .isEqualTo("relation \"${schema}.app_user\" of application does not exist");
    }

    @Test
    void aValueThatHoldsAnotherOneIsReplacedAsAWhole() {
        Redaction redaction = new Redaction(Map.of("user", "reporting", "password", "reporting-secret"));

        assertThat(redaction.apply("role reporting, password reporting-secret"))
                .isEqualTo("role ${user}, password ${password}");
    }

    @Test
    void anEmptyValueChangesNothing() {
        assertThat(new Redaction(Map.of("suffix", "")).apply("a b")).isEqualTo("a b");
    }

    @Test
    void specialCharactersOfAValueAreTakenLiterally() {
        assertThat(new Redaction(Map.of("p$1", "a.*$(")).apply("x a.*$( y")).isEqualTo("x ${p$1} y");
    }

    @Test
    void aValueIsFoundWhereItsBlanksAndCapitalsHaveChanged() {
        Redaction redaction = new Redaction(Map.of("key", "-----BEGIN\n  Secret\tKEY", "role", "MySecretPw99"));

        assertThat(redaction.apply("integer: \"-----BEGIN Secret KEY\"")).isEqualTo("integer: \"${key}\"");
        assertThat(redaction.apply("role \"mysecretpw99\" does not exist"))
                .isEqualTo("role \"${role}\" does not exist");
    }

    @Test
    void eachLineOfAValueIsReplaced() {
        Redaction redaction =
                new Redaction(Map.of("key", "-----BEGIN KEY-----\nc2VjcmV0LXNlY3JldA==\n-----END KEY-----"));

        assertThat(redaction.apply("c2VjcmV0LXNlY3JldA==")).isEqualTo("${key}");
    }

    @Test
    void aValueOfManyWordsIsReplacedWithAllBehindIt() {
        String value = "word ".repeat(100_000).strip();

        assertThat(new Redaction(Map.of("text", value)).apply("not \"" + value + "\" (SQLSTATE 22P02)"))
                .isEqualTo("not \"${text}");
    }

    @Test
    void theHeadOfAValueEndsBetweenCharacters() {
        String head = "x".repeat(61);

        assertThat(new Redaction(Map.of("role", head + "\ud83d\ude00\ud83d\ude00")).apply("role \"" + head + "\""))
                .isEqualTo("role \"${role}\"");
    }

    @Test
    void theHeadOfAValueThatPostgresCutAsANameIsFound() {
        String value = "s3cr3t".repeat(20);

        assertThat(new Redaction(Map.of("role", value)).apply("role \"" + value.substring(0, 63) + "\""))
                .isEqualTo("role \"${role}\"");
    }

    @Test
    void blanksAroundAValueDoNotMatter() {
        assertThat(new Redaction(Map.of("x", "t      \n")).apply("relation t does not exist"))
                .isEqualTo("relation ${x} does not exist");
    }
}
