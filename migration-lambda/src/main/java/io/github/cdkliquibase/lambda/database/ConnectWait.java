package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.time.Duration;

/**
 * The wait for a database that cannot be reached.
 *
 * @param started in nanoseconds of the JVM's clock
 * @param isOfTheRun whether it ends with the run
 */
record ConnectWait(long started, Deadline end, boolean isOfTheRun) {

    /** Near the end of the wait the pauses become shorter. No attempt begins in the last moment. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(200);

    private static final Duration CLOCKS = Duration.ofMillis(20);

    static ConnectWait from(Duration wait, Deadline deadline) {
        Duration left = deadline.leftAtMost(wait);
        return new ConnectWait(System.nanoTime(), Deadline.in(left), left.compareTo(wait) < 0);
    }

    // Also finds a database that comes up shortly before the end.
    Duration pause(Duration next) {
        Duration left = end.left();
        return left.compareTo(LAST_MOMENT) < 0 ? left : min(next, left.dividedBy(2));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    // The driver's timer and this clock differ by some milliseconds.
    boolean isOver() {
        return end.left().compareTo(CLOCKS) < 0;
    }

    long seconds() {
        return Math.max(1, Math.round((System.nanoTime() - started) / 1e9));
    }
}
