package io.github.cdkliquibase.lambda.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeadlineTest {

    @ParameterizedTest
    @CsvSource({"PT15M, PT10S", "PT40S, PT5S", "PT12S, PT1.5S", "PT6S, PT1.5S", "PT2S, PT1S", "PT0S, PT0S"})
    void aPartOfTheTimeIsKeptBack(Duration untilKilled, Duration margin) {
        Deadline deadline = Deadline.beforeKill(untilKilled);

        assertThat(deadline.margin()).isEqualTo(margin);
        assertThat(deadline.left()).isLessThanOrEqualTo(untilKilled.minus(margin));
    }

    @Test
    void aDeadlineThatHasPassedLeavesNoTime() {
        Deadline deadline = Deadline.in(Duration.ofSeconds(-1));

        assertThat(deadline.passed()).isTrue();
        assertThat(deadline.left()).isZero();
        assertThat(Backoff.sleep(Duration.ofMillis(1), deadline)).isFalse();
    }
}
