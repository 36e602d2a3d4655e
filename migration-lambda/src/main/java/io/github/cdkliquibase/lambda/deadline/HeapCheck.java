package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;

/**
 * Tells when the heap is full for good. A JVM whose heap is nearly full spends all its time on collecting garbage: no
 * allocation fails, and nothing goes on either, so that the function would be killed without an answer.
 */
final class HeapCheck {

    /** Share of the largest heap. */
    private static final double FULL = 0.93;

    /** Between two collections a healthy heap may be full of garbage for a moment. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    private long fullSinceNanos;
    private boolean wasFull;

    /** Whether the heap is full and has been so for a while. Asked again and again while work goes on. */
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
        // Work that waits for the database makes no garbage, and what it left may have filled the heap.
        System.gc();
        return isFull();
    }

    private static boolean isFull() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() > FULL * runtime.maxMemory();
    }
}
