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
 * Does work on a thread of its own, so that the caller can leave in time, whatever the work is stuck in: a connection that
 * went silent, a name that does not resolve, a heap that is full, a change that is written in Java.
 *
 * <p>One thread, for the life of the JVM: work that could not be ended in one event never runs beside that of the next. The
 * process should end behind the answer of the first.
 */
public final class BoundedWork {

    private static final Duration HEAP_POLL = Duration.ofMillis(250);

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            work -> Thread.ofPlatform().daemon().name("migration").unstarted(work));
    private final Supplier<BooleanSupplier> heapChecks;
    private volatile boolean goesOn;

    /** Starts no thread yet. */
    public BoundedWork() {
        this(() -> new HeapCheck()::isFullForGood);
    }

    /**
     * The same with another look at the heap.
     *
     * @param heapChecks gives each piece of work what says that the heap is full for good
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

        /** Asks the work to end, so that it can still say how far it came. */
        void ask();

        /** Takes away what the work waits for. */
        void force();
    }

    /** Whether work goes on that no caller waits for any more. */
    public boolean isStuck() {
        return goesOn;
    }

    /**
     * Does the work and returns what it returns.
     *
     * @param deadline when the work should have ended by itself. After it, a quarter of the margin is left to the work, then
     *     it is asked to stop, and after another quarter it is forced to
     * @param stop how to do that
     * @throws TimeoutException if the work goes on all the same
     * @throws NotStartedException if the work of an earlier call still goes on, so that this work never began
     * @throws HeapFullException if the heap was full; the work may go on all the same
     * @throws Exception what the work throws; an {@link Error} as it is
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
            }
        }
    }

    // Work that came to its end all the same has succeeded. If it failed, the heap is the reason.
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
