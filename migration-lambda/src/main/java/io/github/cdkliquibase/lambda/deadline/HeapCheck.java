package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;

/**
 * Detects a permanently full heap. A JVM with a nearly full heap spends all its time on garbage collection: no
 * allocation fails, but the work makes no progress, and Lambda would kill the function without an answer.
 */
final class HeapCheck {

    /** Limit, as a share of the largest heap. */
    private static final double FULL = 0.93;

    /** A healthy heap may be full of garbage for a moment between two collections. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    /** In bytes: to word a reason, to log it and to send it. Work that fills the heap may leave less. */
    private static final int FOR_THE_ANSWER = 4 << 20;

    private byte[] reserve = new byte[FOR_THE_ANSWER];
    private long fullSinceNanos;
    private boolean wasFull;

    /**
     * Whether the heap is full and has been so for a while. Called repeatedly while work is running. If so, a reserve is released
     * for the answer.
     */
    boolean isFullForGood() {
        long now = System.nanoTime();
        if (!isFull()) {
            wasFull = false;
            return false;
        }
        if (!wasFull) {
            wasFull = true;
            fullSinceNanos = now;
            return false;
        }
        if (now - fullSinceNanos < LONG_ENOUGH.toNanos()) {
            return false;
        }
        // Work that waits for the database creates no garbage, so old garbage may still fill the heap.
        System.gc();
        if (!isFull()) {
            return false;
        }
        reserve = new byte[0];
        return true;
    }

    private boolean isFull() {
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory() - reserve.length;
        return used > FULL * (runtime.maxMemory() - FOR_THE_ANSWER);
    }
}
