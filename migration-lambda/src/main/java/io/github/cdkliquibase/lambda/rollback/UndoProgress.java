package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.failure.Text;

/** How far a rollback is, over its connections, and in words. */
final class UndoProgress {

    /** CloudFormation takes 4,096 bytes for all attributes. */
    private static final int LONGEST_REASON = 1_000;

    private int changesets;

    /** The database has so many changesets that this rollback has undone, in all deliveries of its event. */
    void is(int undone) {
        changesets = Math.max(changesets, undone);
    }

    /** One more is undone. */
    void oneMore() {
        changesets++;
    }

    /** All is done that was to be done. */
    UndoReport done() {
        return new UndoReport(changesets, "");
    }

    /**
     * The rollback ends here.
     *
     * @param why as the end of a sentence
     */
    UndoReport stopped(String why) {
        String how = changesets == 0
                ? "Nothing was rolled back: "
                : "Rolled back %d changesets, and then stopped: ".formatted(changesets);
        return new UndoReport(changesets, Text.cut(Text.oneLine(how + why), LONGEST_REASON));
    }
}
