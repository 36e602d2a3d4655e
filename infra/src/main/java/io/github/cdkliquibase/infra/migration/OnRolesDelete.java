package io.github.cdkliquibase.infra.migration;

/** What becomes of roles when they leave the stack. */
public enum OnRolesDelete {
    /** They stay as they are. */
    RETAIN,
    /** What they own goes to the administrator, and they are dropped. */
    REASSIGN_AND_DROP
}
