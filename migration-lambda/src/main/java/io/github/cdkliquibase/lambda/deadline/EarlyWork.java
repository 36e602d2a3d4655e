package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Work that is begun on a thread of its own before its result is needed. It only saves time: where it fails, its result is missing,
 * and the code that wants it goes on without.
 *
 * @param <T> what the work returns, never null
 */
public final class EarlyWork<T> {

    private final FutureTask<T> work;

    private EarlyWork(FutureTask<T> work) {
        this.work = work;
    }

    /**
     * Begins work.
     *
     * @param name of its thread
     */
    public static <T> EarlyWork<T> begin(String name, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        try {
            Thread.ofPlatform().daemon().name(name).start(task);
        } catch (OutOfMemoryError e) {
            // No thread can be made. The work that needs the result does without it.
            task.cancel(false);
        }
        return new EarlyWork<>(task);
    }

    /** Does work on this thread. */
    public static <T> EarlyWork<T> now(Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        task.run();
        return new EarlyWork<>(task);
    }

    /** Waits for the result, at most until the deadline. */
    public Optional<T> result(Deadline deadline) {
        Duration left = deadline.left();
        try {
            return Optional.of(work.get(left.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException | CancellationException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
