package io.github.cdkliquibase.constructs.migration;

/** What a deploy does that is the same as the one before, so that nothing can be pending. */
public enum WhenUnchanged {
    /** It answers without starting Liquibase. */
    SKIP,
    /** Liquibase looks all the same. */
    RUN
}
