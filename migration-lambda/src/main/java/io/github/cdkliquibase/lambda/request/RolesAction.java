package io.github.cdkliquibase.lambda.request;

/** The action of a Create or an Update. */
public enum RolesAction {
    /** Creates and corrects the roles. */
    RECONCILE,
    /** Checks that the roles have the right privileges. */
    PROBE
}
