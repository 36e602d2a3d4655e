package io.github.cdkliquibase.lambda.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class RehearsalTest {

    private final List<String> played = new CopyOnWriteArrayList<>();
    private final CountDownLatch go = new CountDownLatch(1);

    @Test
    void aRehearsalBeginsAfterTheOneBeforeIt() {
        Rehearsal first = Rehearsal.begin("first", () -> {
            awaitGo();
            played.add("first");
        });
        Rehearsal second = first.then("second", () -> played.add("second"));

        go.countDown();
        second.await();

        assertThat(played).containsExactly("first", "second");
    }

    @Test
    void aRehearsalThatFailsIsIgnoredAndNoneFollowsIt() {
        Rehearsal failing = Rehearsal.here(() -> {
            throw new NoClassDefFoundError("gone");
        });

        failing.then("second", () -> played.add("second")).await();

        assertThat(played).isEmpty();
    }

    @Test
    void noWaitIsLongerThanTheDeadline() {
        Rehearsal late = Rehearsal.begin("late", () -> {
            awaitGo();
            played.add("late");
        });

        late.await(Deadline.in(Duration.ofMillis(20)));

        assertThat(played).isEmpty();
        go.countDown();
        late.await();
        assertThat(played).containsExactly("late");
    }

    private void awaitGo() {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
