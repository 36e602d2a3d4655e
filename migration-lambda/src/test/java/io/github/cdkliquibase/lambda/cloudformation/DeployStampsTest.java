package io.github.cdkliquibase.lambda.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DeployStampsTest {

    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private static final Map<String, String> EARLIER = Map.of("DeployedAt", "2026-11-20T10:00:00Z");
    private static final Map<String, String> LATER = Map.of("DeployedAt", "2026-11-20T12:00:00+01:00");

    @Test
    void anEarlierStampThanTheOldOneIsAStackRollback() {
        assertThat(DeployStamps.of(EARLIER, LATER).isStackRollback(NOW)).isTrue();
        assertThat(DeployStamps.of(LATER, EARLIER).isStackRollback(NOW)).isFalse();
        assertThat(DeployStamps.of(EARLIER, EARLIER).isStackRollback(NOW)).isFalse();
    }

    @Test
    void withoutTwoStampsThereIsNoStackRollback() {
        assertThat(DeployStamps.of(EARLIER, Map.of()).isStackRollback(NOW)).isFalse();
        assertThat(DeployStamps.of(Map.of(), LATER).isStackRollback(NOW)).isFalse();
        assertThat(DeployStamps.of(EARLIER, Map.of("DeployedAt", "soon")).isStackRollback(NOW))
                .isFalse();
        assertThat(DeployStamps.of(null, null).isStackRollback(NOW)).isFalse();
    }

    @Test
    void anOldStampFromTheFutureSaysNothing() {
        assertThat(DeployStamps.of(EARLIER, Map.of("DeployedAt", "2026-11-27T13:00:01Z"))
                        .isStackRollback(NOW))
                .isFalse();
        assertThat(DeployStamps.of(EARLIER, Map.of("DeployedAt", "2026-11-27T13:00:00Z"))
                        .isStackRollback(NOW))
                .isTrue();
    }

    @Test
    void aStampMoreThanAnHourAheadIsRefused() {
        DeployStamps.of(Map.of("DeployedAt", "2026-11-27T13:00:00Z"), null).refuseFuture(NOW);
        DeployStamps.of(Map.of(), null).refuseFuture(NOW);
        assertThatThrownBy(() -> DeployStamps.of(Map.of("DeployedAt", "2026-11-27T13:00:01Z"), null)
                        .refuseFuture(NOW))
                .hasMessageContaining("'2026-11-27T13:00:01Z'");
    }
}
