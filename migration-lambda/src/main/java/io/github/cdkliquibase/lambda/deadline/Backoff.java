package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between attempts: each twice as long as the one before, up to a longest one, and each shortened by chance to as
 * little as a half, so that those who failed together do not come back together.
 */
public final class Backoff {

    private final Duration longest;
    private Duration pause;

    /** A row of pauses that begins with the first. */
    public Backoff(Duration first, Duration longest) {
        this.pause = first;
        this.longest = longest;
    }

    /** The next pause of the row. */
    public Duration next() {
        Duration next =
                pause.multipliedBy(ThreadLocalRandom.current().nextInt(50, 101)).dividedBy(100);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(longest) < 0 ? doubled : longest;
        return next;
    }

    /**
     * Waits, if the deadline leaves time for something after it.
     *
     * @return false if it does not, or if the thread was interrupted, which it then still is
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
