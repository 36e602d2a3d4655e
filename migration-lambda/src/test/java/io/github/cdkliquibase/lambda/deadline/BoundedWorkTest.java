package io.github.cdkliquibase.lambda.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class BoundedWorkTest {

    private final CountDownLatch forced = new CountDownLatch(1);

    private final BoundedWork.Stop stop = new BoundedWork.Stop() {
        @Override
        public void ask() {}

        @Override
        public void force() {
            forced.countDown();
        }
    };

    // The last commit of a run may have gone through.
    @Test
    void workThatEndsWhileItIsForcedHasSucceededWhereTheHeapIsFull() throws Exception {
        assertThat(fullHeap().run(this::endsWhenForced, deadline(Duration.ofMinutes(1)), stop))
                .isEqualTo("done");
    }

    @Test
    void workThatEndsWhileItIsForcedHasSucceededWhereTimeIsUp() throws Exception {
        assertThat(new BoundedWork().run(this::endsWhenForced, deadline(Duration.ofSeconds(4)), stop))
                .isEqualTo("done");
    }

    private String endsWhenForced() throws InterruptedException {
        forced.await();
        return "done";
    }

    @Test
    void theHeapIsTheReasonWhereTheWorkFailsBehindIt() {
        assertThatThrownBy(() -> fullHeap()
                        .run(
                                () -> {
                                    forced.await();
                                    throw new IllegalStateException("the connection was cut");
                                },
                                deadline(Duration.ofMinutes(1)),
                                stop))
                .isInstanceOf(BoundedWork.HeapFullException.class);
    }

    @Test
    void theHeapIsTheReasonWhereTheWorkGoesOn() {
        BoundedWork work = fullHeap();
        CountDownLatch end = new CountDownLatch(1);

        assertThatThrownBy(() -> work.run(
                        () -> {
                            while (end.getCount() > 0) {
                                Thread.onSpinWait();
                            }
                            return "done";
                        },
                        deadline(Duration.ofSeconds(8)),
                        stop))
                .isInstanceOf(BoundedWork.HeapFullException.class);
        assertThat(work.isStuck()).isTrue();
        end.countDown();
    }

    private static BoundedWork fullHeap() {
        return new BoundedWork(() -> () -> true);
    }

    private static Deadline deadline(Duration untilKilled) {
        return Deadline.beforeKill(untilKilled);
    }
}
