package io.github.cdkliquibase.lambda.changelog.execution;

/** The state of a changeset's transaction before the commit that it shares with its row in the history. */
enum CommitState {
    /** A change is being executed. A commit that it makes itself, in Java, waits. */
    IN_CHANGE,
    /** Between changes. The next commit is the changeset's own, and waits for the row. */
    OPEN,
    /** The changeset's commit waits. */
    HELD,
    /** The row is written. The next commit covers both. */
    RECORDED,
    /** The commit was sent, and not answered yet. */
    SENT,
    /** The commit was answered. */
    DONE
}
