package io.github.cdkliquibase.lambda.cloudformation;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class AnswerRehearsalTest {

    // A function whose rehearsal fails starts slowly, and nothing says why.
    @Test
    void itDoesNotFail() {
        assertThatCode(() -> AnswerRehearsal.run(new TestContext("arn:function", 30_000)))
                .doesNotThrowAnyException();
    }
}
