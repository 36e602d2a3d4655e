package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;

/**
 * The moment by which a run should have ended, so that its answer still reaches CloudFormation.
 *
 * <p>Measured on the monotonic clock: a changed wall clock neither shortens nor lengthens a run.
 */
public final class Deadline {

    /** The longest part of the function's time that is reserved for stopping and answering. */
    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(10);

    /** The shortest reserved part, unless it is more than half of the time. */
    private static final Duration SHORTEST_MARGIN = Duration.ofMillis(1_500);

    /** A function may run for 15 minutes; a part of them has passed before the event is handed over. */
    private static final Duration LONGEST_FUNCTION = Duration.ofSeconds(14 * 60 + 30);

    private final long endNanos;
    private final Duration time;
    private final Duration margin;

    private Deadline(Duration time, Duration margin) {
        this.endNanos = System.nanoTime() + time.toNanos();
        this.time = time;
        this.margin = margin;
    }

    /**
     * The deadline of a run in a function that Lambda ends after the given time. An eighth of that time is reserved: at
     * least 1.5 and at most ten seconds, and never more than half.
     *
     * @param untilKilled the time after which Lambda ends the function
     */
    public static Deadline beforeKill(Duration untilKilled) {
        Duration margin = longer(shorter(untilKilled.dividedBy(8), LONGEST_MARGIN), SHORTEST_MARGIN);
        margin = shorter(margin, untilKilled.dividedBy(2));
        return new Deadline(untilKilled.minus(margin), margin);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** A deadline the given time from now, without a reserve. */
    public static Deadline in(Duration time) {
        return new Deadline(time, Duration.ZERO);
    }

    /** Whether the function already has the longest time that Lambda gives. */
    public boolean isOfTheLongestFunction() {
        return time.plus(margin).compareTo(LONGEST_FUNCTION) >= 0;
    }

    /** The time between the deadline and the end of the function. */
    public Duration margin() {
        return margin;
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
        return shorter(left(), most);
    }
}
