package io.github.cdkliquibase.lambda.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.lambda.engine.NotedDeploy;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeploysToUndoTest {

    private static final Instant TEN = Instant.parse("2026-11-28T10:00:00Z");
    private static final NotedDeploy CREATED = new NotedDeploy("created", "2026-11-28T09:00:00Z", true, "1");

    @Test
    void deploysAfterTheTargetAreUndoneTheNewestFirst() {
        assertThat(undone(deploy("a", "09"), deploy("b", "10"), deploy("c", "11"), deploy("d", "12")))
                .containsExactly("d", "c");
    }

    @Test
    void theNewestDeployWithTheStampCounts() {
        assertThat(undone(deploy("a", "10"), deploy("b", "11"), deploy("c", "10"), deploy("d", "11")))
                .containsExactly("d");
    }

    // Its stamp is later, and the deploy that the stack goes back to has completed it.
    @Test
    void aDeployWithAClockAheadThatALaterOneCompletedStays() {
        assertThat(undone(deploy("a", "12"), deploy("b", "10"), deploy("c", "11")))
                .containsExactly("c");
    }

    @Test
    void anEarlierStampOrNoneAfterTheTargetIsNotUndone() {
        assertThat(undone(deploy("a", "10"), deploy("b", "09"), new NotedDeploy("c", "", false, "1")))
                .isEmpty();
    }

    @Test
    void aStampIsComparedAsAnInstant() {
        assertThat(undone(new NotedDeploy("a", "2026-11-28T10:00:00.000Z", false, "1"), deploy("b", "11")))
                .containsExactly("b");
    }

    @Test
    void anUnknownTargetUndoesNothing() {
        assertThat(new DeploysToUndo(List.of(deploy("a", "09"), deploy("b", "11")), TEN).newestFirst())
                .isEmpty();
    }

    @Test
    void aHistoryThatReachesBackKnowsThatTheStampWasNeverDeployed() {
        assertThat(never(deploy("a", "09"), deploy("b", "11"))).isTrue();
        assertThat(never(new NotedDeploy("a", "2026-11-28T11:00:00Z", true, "1")))
                .isTrue();
        assertThat(never(CREATED, deploy("b", "10"), deploy("c", "11"))).isFalse();
    }

    @Test
    void aHistoryThatBeganLaterDoesNotKnow() {
        assertThat(never(deploy("a", "11"))).isFalse();
        assertThat(never()).isFalse();
    }

    private static List<String> undone(NotedDeploy... all) {
        return new DeploysToUndo(Arrays.asList(all), TEN)
                .newestFirst().orElseThrow().stream().map(NotedDeploy::id).toList();
    }

    private static boolean never(NotedDeploy... all) {
        return new DeploysToUndo(Arrays.asList(all), TEN).neverHadTarget();
    }

    private static NotedDeploy deploy(String id, String hour) {
        return new NotedDeploy(id, "2026-11-28T%s:00:00Z".formatted(hour), false, "1");
    }
}
