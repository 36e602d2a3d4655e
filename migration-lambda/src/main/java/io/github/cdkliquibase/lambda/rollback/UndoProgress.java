package io.github.cdkliquibase.lambda.rollback;

/** How far a rollback is, over its connections, and in words. */
final class UndoProgress {

    private int changesets;

    /** At least so many changesets are undone: the database counts those of all deliveries of the event. */
    void isAtLeast(int undone) {
        changesets = Math.max(changesets, undone);
    }

    /** Counts one more changeset. */
    void oneMore() {
        changesets++;
    }

    /** The report of a rollback that is complete. */
    UndoReport done() {
        return new UndoReport(changesets, "");
    }

    /**
     * The report of a rollback that stops here.
     *
     * @param why as the end of a sentence
     */
    UndoReport stopped(String why) {
        String how = changesets == 0
                ? "Nothing was rolled back: "
                : "Rolled back %d changesets, and then stopped: ".formatted(changesets);
        return new UndoReport(changesets, how + why);
    }
}
