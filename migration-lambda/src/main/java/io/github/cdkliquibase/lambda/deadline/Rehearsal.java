package io.github.cdkliquibase.lambda.deadline;

import java.time.Duration;

/**
 * Early work that loads classes: it plays a call that needs them. A rehearsal that fails has no effect, and the true call tells the
 * reason.
 *
 * <p>Two threads must not initialise the same classes from two ends, because they could wait for each other for ever. So a true
 * call awaits its rehearsal, and a rehearsal that shares classes with another one begins after it.
 */
public final class Rehearsal {

    /** Loading classes takes a second on the slowest function. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final EarlyWork<Boolean> work;

    private Rehearsal(EarlyWork<Boolean> work) {
        this.work = work;
    }

    /** Nothing is rehearsed. */
    public static Rehearsal none() {
        return here(() -> {});
    }

    /** Rehearses on this thread. */
    public static Rehearsal here(Runnable play) {
        return new Rehearsal(EarlyWork.now(() -> played(play)));
    }

    /**
     * Begins to rehearse.
     *
     * @param name of its thread
     */
    public static Rehearsal begin(String name, Runnable play) {
        return new Rehearsal(EarlyWork.begin(name, () -> played(play)));
    }

    /**
     * Rehearses something else after this rehearsal. If this one fails, or does not end within ten seconds, the other one does not
     * begin.
     *
     * @param name of the other one's thread
     */
    public Rehearsal then(String name, Runnable play) {
        return new Rehearsal(EarlyWork.begin(
                name,
                () -> work.result(Deadline.in(LONGEST_WAIT))
                        .map(done -> played(play))
                        .orElseThrow()));
    }

    private static boolean played(Runnable play) {
        play.run();
        return true;
    }

    /** Waits until the rehearsal has ended, for ten seconds at most. */
    public void await() {
        await(Deadline.in(LONGEST_WAIT));
    }

    /** Waits until the rehearsal has ended, at most until the deadline and for ten seconds. */
    public void await(Deadline deadline) {
        work.result(Deadline.in(deadline.leftAtMost(LONGEST_WAIT)));
    }
}
