package io.github.cdkliquibase.infra.migration;

/** What becomes of the schema when the resource is deleted. */
public enum OnDelete {
    /** The database is not touched. */
    RETAIN,
    /** Liquibase drops what is in the default schema; for short-lived stacks. */
    DROP_ALL
}
