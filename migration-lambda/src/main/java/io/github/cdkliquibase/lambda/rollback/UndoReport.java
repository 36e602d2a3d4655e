package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.failure.Text;

/**
 * The outcome of a rollback.
 *
 * @param changesets how many were rolled back
 * @param reason why not all of them were, as one line without its last dot; empty if they were
 */
public record UndoReport(int changesets, String reason) {

    /** CloudFormation takes 4,096 bytes for all attributes. */
    private static final int LONGEST_REASON = 1_000;

    /** Cuts a long reason. */
    public UndoReport {
        reason = Text.cut(Text.oneLine(reason), LONGEST_REASON);
    }
}
