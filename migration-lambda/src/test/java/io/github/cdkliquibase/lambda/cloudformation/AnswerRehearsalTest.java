package io.github.cdkliquibase.lambda.cloudformation;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class AnswerRehearsalTest {

    // A rehearsal that fails loses its time without a word.
    @Test
    void itIsPlayedToItsEnd() {
        assertThatCode(() -> AnswerRehearsal.run(new TestContext("arn:function", 30_000)))
                .doesNotThrowAnyException();
    }
}
