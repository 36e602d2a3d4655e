package io.github.cdkliquibase.lambda.changelog.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.failure.Redaction;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LiquibaseTextTest {

    private static final Redaction NONE = new Redaction(Map.of());

    @Test
    void theLinesAroundAFaultInYamlAreLeftOut() {
        assertThat(LiquibaseText.show(
                        "mapping values are not allowed here\n in 'reader', line 2, column 9:\n    password: s3cret: x\n            ^\n",
                        NONE,
                        500))
                .isEqualTo("mapping values are not allowed here in 'reader', line 2, column 9");
    }

    @Test
    void everyFaultOfATextIsCutAndWhatStandsBetweenIsShown() {
        assertThat(LiquibaseText.show("line 1, column 1:\n a\n ^\nthen line 2, column 2:\n b\n  ^", NONE, 500))
                .isEqualTo("line 1, column 1 then line 2, column 2");
    }

    @Test
    void aTextOfThousandsOfLinesIsShown() {
        assertThat(LiquibaseText.show("line 1, column 1:" + "\n".repeat(15_000) + "x", NONE, 500))
                .isEqualTo("line 1, column 1: x");
    }
}
