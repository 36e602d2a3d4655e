package io.github.cdkliquibase.lambda.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextTest {

    @Test
    void aQuotedValueIsCutAt64Characters() {
        assertThat(Text.quote("x".repeat(65))).isEqualTo("'" + "x".repeat(64) + "…'");
        assertThat(Text.quote("x".repeat(64))).isEqualTo("'" + "x".repeat(64) + "'");
    }

    @Test
    void lineEndsAndControlCharactersBecomeOneBlank() {
        assertThat(Text.oneLine(" a\r\n\tb\u0000\u001bc ")).isEqualTo("a b c");
        assertThat(Text.oneLine("a\u0085b\u2028c\u2029d\u009be")).isEqualTo("a b c d e");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10})
    void aCutTextHasAtMostTheBytesAndIsWellFormed(int bytes) {
        String cut = Text.cut("aä€😀aä€😀", bytes);

        assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(bytes);
        assertThat(cut).endsWith("…").doesNotContain("�");
        assertThat(new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(cut);
    }

    @Test
    void aTextThatFitsIsLeftAlone() {
        assertThat(Text.cut("aä", 3)).isEqualTo("aä");
    }
}
