package io.github.cdkliquibase.constructs.migration;

/** What happens where a changelog uses a parameter that has no value. */
public enum UndefinedParameters {
    /** <code>${name}</code> stays as it is, as with plain Liquibase, and the log warns. */
    KEEP,
    /** The deploy fails before anything is run. */
    REFUSE
}
