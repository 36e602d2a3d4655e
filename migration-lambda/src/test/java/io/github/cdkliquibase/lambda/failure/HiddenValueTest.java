package io.github.cdkliquibase.lambda.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HiddenValueTest {

    @Test
    void theValueIsNeverPrinted() {
        HiddenValue value = HiddenValue.of(7, "Canary secret");

        assertThat(value.text()).isEqualTo("canary secret");
        assertThat(value.words()).containsExactlyInAnyOrder("canary", "secret");
        assertThat(value.toString()).isEqualTo("HiddenValue[number=7]");
    }
}
