package io.github.cdkliquibase.lambda.changelog.execution;

/** The time of the function has run out, and the next changeset does not start. */
public final class TimeIsUpException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String changeset;

    TimeIsUpException(ChangesetName changeset) {
        super(changeset.toString());
        this.changeset = changeset.toString();
    }

    /** The changeset that does not start. */
    public String changeset() {
        return changeset;
    }
}
