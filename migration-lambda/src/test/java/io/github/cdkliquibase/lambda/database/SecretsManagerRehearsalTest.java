package io.github.cdkliquibase.lambda.database;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class SecretsManagerRehearsalTest {

    // A function whose rehearsal fails starts slowly, and nothing says why. It needs neither a region nor credentials.
    @Test
    void itDoesNotFail() {
        assertThatCode(SecretsManagerRehearsal::run).doesNotThrowAnyException();
    }
}
