package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Does work on a separate thread, so that the caller can return in time even if the work hangs: in a dead connection,
 * in a name look-up, in a full heap, or in a change that is written in Java.
 *
 * <p>There is one thread for the life of the JVM, so work that could not be stopped in one event never runs at the same
 * time as the work of the next event. The process should end after the answer to the first event.
 */
public final class BoundedWork {

    private static final Duration HEAP_POLL = Duration.ofMillis(250);

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            work -> Thread.ofPlatform().daemon().name("migration").unstarted(work));
    private final Supplier<BooleanSupplier> heapChecks;
    private volatile boolean goesOn;
    private volatile boolean isHeapFull;

    /** Creates the worker; its thread starts with the first work. */
    public BoundedWork() {
        this(() -> new HeapCheck()::isFullForGood);
    }

    /**
     * Creates the worker with another check of the heap.
     *
     * @param heapChecks provides the heap check for each piece of work
     */
    BoundedWork(Supplier<BooleanSupplier> heapChecks) {
        this.heapChecks = heapChecks;
    }

    /** The work of an earlier call still occupies the thread. */
    public static final class NotStartedException extends Exception {

        private static final long serialVersionUID = 1;

        NotStartedException() {}
    }

    /** The heap was full, so the work was ended before its time. */
    public static final class HeapFullException extends Exception {

        private static final long serialVersionUID = 1;

        HeapFullException() {}
    }

    /** Ends a piece of work from outside, gently at first and then by force. Called from another thread than the work. */
    public interface Stop {

        /** Asks the work to end, so that it can still report its progress. */
        void ask();

        /** Closes the resource that the work waits for. */
        void force();
    }

    /** Whether work is still running after its caller has returned, or has filled the heap: the process can do no other work. */
    public boolean isStuck() {
        return goesOn || isHeapFull;
    }

    /**
     * Does the work and returns what it returns.
     *
     * @param deadline when the work should have ended by itself. After it, a quarter of the margin is left to the work, then
     *     it is asked to stop, and after another quarter it is forced to
     * @param stop how to stop the work
     * @throws TimeoutException if the work could not be stopped
     * @throws NotStartedException if the work of an earlier call is still running, so that this work did not start
     * @throws HeapFullException if the heap was full; the work may still be running
     * @throws Exception if the work throws it; an {@link Error} is not wrapped
     */
    public <T> T run(Callable<T> work, Deadline deadline, Stop stop) throws Exception {
        AtomicBoolean started = new AtomicBoolean();
        Future<T> result = thread.submit(() -> {
            started.set(true);
            goesOn = true;
            try {
                return work.call();
            } finally {
                goesOn = false;
            }
        });
        Duration step = deadline.margin().dividedBy(4);
        try {
            return getWhileThereIsRoom(result, deadline.left().plus(step));
        } catch (TimeoutException late) {
            stop.ask();
        } catch (HeapFullException e) {
            // Objects that outlive the work may still hold the memory.
            isHeapFull = true;
            stop.force();
            return resultIfThereIsOne(result, step, e);
        }
        try {
            return get(result, step);
        } catch (TimeoutException later) {
            stop.force();
        }
        try {
            return get(result, step);
        } catch (TimeoutException stuck) {
            if (!result.cancel(true)) {
                return get(result, Duration.ZERO);
            }
            throw started.get() ? stuck : new NotStartedException();
        }
    }

    private <T> T getWhileThereIsRoom(Future<T> result, Duration time) throws Exception {
        Deadline end = Deadline.in(time);
        BooleanSupplier heapIsFull = heapChecks.get();
        while (true) {
            try {
                return get(result, end.leftAtMost(HEAP_POLL));
            } catch (TimeoutException e) {
                if (end.passed()) {
                    throw e;
                }
                if (heapIsFull.getAsBoolean()) {
                    throw new HeapFullException();
                }
            } catch (OutOfMemoryError e) {
                // The work found no room to say so. What the check has kept is free from here on.
                throw new HeapFullException();
            }
        }
    }

    // Work that finished in spite of the full heap has succeeded. If it failed, the heap is the reason.
    private static <T> T resultIfThereIsOne(Future<T> result, Duration time, HeapFullException reason)
            throws HeapFullException, InterruptedException {
        try {
            return result.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (result.cancel(true) || result.state() != Future.State.SUCCESS) {
                throw reason;
            }
            return result.resultNow();
        } catch (ExecutionException e) {
            throw reason;
        }
    }

    private static <T> T get(Future<T> result, Duration time) throws Exception {
        try {
            return result.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof Exception exception ? exception : e;
        }
    }
}
