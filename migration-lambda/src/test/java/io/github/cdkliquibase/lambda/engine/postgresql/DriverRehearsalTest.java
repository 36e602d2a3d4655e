package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class DriverRehearsalTest {

    // A function whose rehearsal fails starts slowly, and nothing says why.
    @Test
    void itDoesNotFail() {
        assertThatCode(DriverRehearsal::run).doesNotThrowAnyException();
    }
}
