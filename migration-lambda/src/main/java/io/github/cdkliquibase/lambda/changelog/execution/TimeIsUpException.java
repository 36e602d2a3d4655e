package io.github.cdkliquibase.lambda.changelog.execution;

import java.util.OptionalInt;

/** The time of the function has run out, and the next changeset, or the next statement of a changeset, does not start. */
public final class TimeIsUpException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String changeset;

    /** From 1; 0 if the changeset itself does not start. */
    private final int statement;

    private TimeIsUpException(String changeset, int statement) {
        super(changeset + " " + statement);
        this.changeset = changeset;
        this.statement = statement;
    }

    static TimeIsUpException before(ChangesetName changeset) {
        return new TimeIsUpException(changeset.toString(), 0);
    }

    static TimeIsUpException beforeStatement(int statement, String changeset) {
        return new TimeIsUpException(changeset, statement);
    }

    /** The changeset that does not start, or to which the statement belongs. */
    public String changeset() {
        return changeset;
    }

    /** Number of the statement that does not start, from 1; empty if it is the changeset that does not start. */
    public OptionalInt statement() {
        return statement == 0 ? OptionalInt.empty() : OptionalInt.of(statement);
    }
}
