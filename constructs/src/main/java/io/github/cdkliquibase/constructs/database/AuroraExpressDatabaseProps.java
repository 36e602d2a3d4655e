package io.github.cdkliquibase.constructs.database;

import software.amazon.awscdk.RemovalPolicy;

/**
 * What an {@link AuroraExpressDatabase} can be told.
 *
 * @param provisioning who creates the cluster
 * @param removalPolicy {@code DESTROY} to delete instance and cluster with the stack and without a snapshot, or {@code
 *     RETAIN} to leave them
 */
public record AuroraExpressDatabaseProps(Provisioning provisioning, RemovalPolicy removalPolicy) {

    public AuroraExpressDatabaseProps {
        if (removalPolicy != RemovalPolicy.DESTROY && removalPolicy != RemovalPolicy.RETAIN) {
            throw new IllegalArgumentException(
                    "'removalPolicy' must be DESTROY or RETAIN, got '%s'".formatted(removalPolicy));
        }
    }

    /** A cluster that CloudFormation creates, and that stays when the stack goes. */
    public AuroraExpressDatabaseProps() {
        this(Provisioning.CLOUDFORMATION, RemovalPolicy.RETAIN);
    }
}
