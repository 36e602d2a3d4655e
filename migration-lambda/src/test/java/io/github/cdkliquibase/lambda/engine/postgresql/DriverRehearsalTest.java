package io.github.cdkliquibase.lambda.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class DriverRehearsalTest {

    // A rehearsal that fails loses its time without a word.
    @Test
    void itIsPlayedToItsEnd() {
        assertThatCode(DriverRehearsal::run).doesNotThrowAnyException();
    }
}
