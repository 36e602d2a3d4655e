package io.github.cdkliquibase.localdeploy.contract;

import java.util.Locale;

/** A moment in a run of three changesets at which a test can hold it. */
enum Step {
    /** It has not connected yet. */
    BEFORE_CONNECT(0),
    /** It waits for the changelog lock. */
    WAITING_FOR_LOCK(0),
    /** Inside of the first changeset. */
    IN_THE_FIRST(0),
    /** Inside of the second changeset. */
    IN_THE_MIDDLE(1),
    /** Inside of the third changeset. */
    IN_THE_LAST(2),
    /** The server has committed the last changeset, and the function has not heard of it. */
    COMMIT_UNHEARD(3),
    /** The function has heard of the last commit, and is about to give the lock back. */
    AFTER_LAST_COMMIT(3),
    /** The function is done with the database, and its answer is on the way. */
    ANSWER(3);

    private final int committed;

    Step(int committed) {
        this.committed = committed;
    }

    /** How many changesets are committed when it is reached. */
    int committed() {
        return committed;
    }

    /** Whether a statement of a changeset runs then. */
    boolean isInAChangeset() {
        return this == IN_THE_FIRST || this == IN_THE_MIDDLE || this == IN_THE_LAST;
    }

    /** Whether there is something left for which the run needs the database. */
    boolean needsTheDatabase() {
        return this != AFTER_LAST_COMMIT && this != ANSWER;
    }

    /** Whether it takes a hand on the network to hold a run there. */
    boolean needsTheNetwork() {
        return this == AFTER_LAST_COMMIT;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
