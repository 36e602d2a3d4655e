package io.github.cdkliquibase.infra.database;

/** Who creates a cluster in Express configuration. */
public enum Provisioning {
    /** CloudFormation, by its property {@code WithExpressConfiguration}. */
    CLOUDFORMATION,

    /** A custom resource that calls the API of RDS, for regions in which CloudFormation does not know the property yet. */
    SDK_CALLS
}
