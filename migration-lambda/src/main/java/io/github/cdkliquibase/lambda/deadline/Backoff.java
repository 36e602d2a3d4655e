package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between attempts: each is twice as long as the one before, up to a maximum, and is shortened at random by up
 * to a half, so that clients that failed together do not retry together.
 */
public final class Backoff {

    private final Duration longest;
    private Duration pause;

    /** Creates a series of pauses that begins with the first one. */
    public Backoff(Duration first, Duration longest) {
        this.pause = first;
        this.longest = longest;
    }

    /** The next pause of the series. */
    public Duration next() {
        Duration next =
                pause.multipliedBy(ThreadLocalRandom.current().nextInt(50, 101)).dividedBy(100);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(longest) < 0 ? doubled : longest;
        return next;
    }

    /**
     * Waits if the deadline leaves time for work after the pause.
     *
     * @return false if it does not, or if the thread was interrupted; the interrupt status is kept
     */
    public static boolean sleep(Duration time, Deadline deadline) {
        if (deadline.left().compareTo(time) <= 0) {
            return false;
        }
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
