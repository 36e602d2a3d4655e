package io.github.cdkliquibase.constructs.migration;

/** What becomes of the schema when the resource is deleted. */
public enum OnDelete {
    /** The database is not touched. */
    RETAIN,
    /** What the migration's user owns in the default schema is dropped; for short-lived stacks. */
    DROP_ALL
}
