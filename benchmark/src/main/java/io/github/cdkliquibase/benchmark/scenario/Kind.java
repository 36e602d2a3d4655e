package io.github.cdkliquibase.benchmark.scenario;

/** The work of a deploy. */
public enum Kind {
    /** Everything: the database is empty. */
    FRESH("fresh"),
    /** Nothing: everything was applied before. */
    NO_OP("no-op"),
    /** One changeset, on top of those that were applied before. */
    ONE_MORE("one-more");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** The word for the command line and for tables. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
