package io.github.cdkliquibase.lambda.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetChangeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SecretArn",
                "IamUsername",
                "Host",
                "Port",
                "DatabaseName",
                "DefaultSchema",
                "LiquibaseSchema",
                "HistoryTable"
            })
    void aPropertyThatMaySayWhereTheHistoryIsCounts(String name) {
        assertThat(TargetChange.isIn(Map.of(name, "b"), Map.of(name, "a"))).isTrue();
        assertThat(TargetChange.isIn(Map.of(name, "b"), Map.of())).isTrue();
        assertThat(TargetChange.isIn(Map.of(name, "b"), Map.of(name, "b"))).isFalse();
    }

    @Test
    void anotherPropertyDoesNotCount() {
        assertThat(TargetChange.isIn(Map.of("LockTimeout", "PT2S"), Map.of("LockTimeout", "PT1S")))
                .isFalse();
    }
}
