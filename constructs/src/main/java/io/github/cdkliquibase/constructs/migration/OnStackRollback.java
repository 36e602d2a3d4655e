package io.github.cdkliquibase.constructs.migration;

/** What becomes of the schema when CloudFormation rolls the stack back. There is one value so far. */
public enum OnStackRollback {
    /** It stays as it is; the database is not connected to. */
    KEEP
}
