package io.github.cdkliquibase.constructs.migration;

/** Whether a deploy looks for dangerous DDL. There is one value so far. */
public enum Lint {
    /** It does not. */
    OFF
}
