package io.github.cdkliquibase.lambda.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class EarlyWorkTest {

    private static final Deadline SOON = Deadline.in(Duration.ofSeconds(30));

    @Test
    void itsResultIsThatOfTheWorkOnAnotherThread() {
        assertThat(EarlyWork.begin("early", () -> Thread.currentThread().getName())
                        .result(SOON))
                .contains("early");
    }

    @Test
    void whatIsDoneNowIsDoneOnTheSameThread() {
        assertThat(EarlyWork.now(() -> Thread.currentThread().getName()).result(SOON))
                .contains(Thread.currentThread().getName());
    }

    @Test
    void workThatFailsHasNoResult() {
        assertThat(EarlyWork.now(() -> {
                            throw new NoClassDefFoundError("gone");
                        })
                        .result(SOON))
                .isEmpty();
    }

    @Test
    void workThatIsLateHasNoResultYet() {
        CountDownLatch go = new CountDownLatch(1);
        EarlyWork<Boolean> work = EarlyWork.begin("early", () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return true;
        });

        assertThat(work.result(Deadline.in(Duration.ofMillis(20)))).isEmpty();
        go.countDown();
        assertThat(work.result(SOON)).contains(true);
    }
}
