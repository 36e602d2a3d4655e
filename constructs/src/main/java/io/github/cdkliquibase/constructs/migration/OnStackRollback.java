package io.github.cdkliquibase.constructs.migration;

/** What becomes of the schema when CloudFormation rolls the stack back. */
public enum OnStackRollback {
    /** It stays as it is, and the application of before meets the new schema. */
    KEEP,
    /** The changesets of the deploys that are undone are rolled back: all of them, or none. */
    ROLLBACK
}
