package io.github.cdkliquibase.constructs.migration;

/** What becomes of roles when they leave the stack. */
public enum OnRolesDelete {
    /** They stay as they are. */
    RETAIN,
    /** Those that the resource created are dropped, and what they own goes to the administrator; others stay. */
    REASSIGN_AND_DROP
}
