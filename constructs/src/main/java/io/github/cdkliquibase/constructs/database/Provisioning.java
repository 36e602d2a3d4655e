package io.github.cdkliquibase.constructs.database;

/** Who creates a cluster in Express configuration. */
public enum Provisioning {
    /** CloudFormation, by its property {@code WithExpressConfiguration}. */
    CLOUDFORMATION,

    /**
     * A custom resource that calls the API of RDS, for regions in which CloudFormation does not know the property yet. It does
     * not wait: if RDS has not named the instance yet when it is looked up, seconds later, the stack is rolled back and the
     * cluster must be deleted by hand.
     */
    SDK_CALLS
}
