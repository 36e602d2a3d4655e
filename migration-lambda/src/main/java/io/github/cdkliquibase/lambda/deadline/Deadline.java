package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;

/**
 * The moment by which a run must have ended, so that its answer still reaches CloudFormation.
 *
 * <p>Measured on the monotonic clock: a changed wall clock neither shortens nor lengthens a run.
 */
public final class Deadline {

    /** Of the time a function has, this much at most is kept back for the answer. */
    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(10);

    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    /**
     * The deadline of a run in a function that is ended after a while: a tenth of that time, at most ten seconds, stays
     * reserved for the answer.
     *
     * @param untilKilled the time after which the function is ended from outside
     */
    public static Deadline beforeKill(Duration untilKilled) {
        Duration tenth = untilKilled.dividedBy(10);
        return in(untilKilled.minus(tenth.compareTo(LONGEST_MARGIN) < 0 ? tenth : LONGEST_MARGIN));
    }

    /** A deadline the given time from now. */
    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** The time that is left; zero when the deadline has passed, never negative. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
    }

    /** Whether no time is left. */
    public boolean passed() {
        return left().isZero();
    }

    /** The shorter of the time that is left and the given one. */
    public Duration leftAtMost(Duration most) {
        Duration left = left();
        return left.compareTo(most) < 0 ? left : most;
    }
}
