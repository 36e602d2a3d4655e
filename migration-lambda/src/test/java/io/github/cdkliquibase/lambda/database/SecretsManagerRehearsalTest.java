package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class SecretsManagerRehearsalTest {

    // A rehearsal that fails loses its time without a word. It needs neither a region nor credentials.
    @Test
    void itIsPlayedToItsEnd() {
        assertThatCode(SecretsManagerRehearsal::run).doesNotThrowAnyException();
    }
}
