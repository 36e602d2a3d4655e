package io.github.cdkliquibase.infra.migration;

/** What is done about dangerous DDL. */
public enum Lint {
    /** Nobody looks for it. */
    OFF
}
