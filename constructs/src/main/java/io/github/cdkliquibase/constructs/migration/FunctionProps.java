package io.github.cdkliquibase.constructs.migration;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.ILayerVersion;
import software.amazon.awscdk.services.logs.RetentionDays;

/**
 * The frame of a function, as checked by the builder.
 *
 * @param archive the zip of the function; null for the one that comes with the constructs
 * @param layers those that the caller adds
 * @param vpc null for a function outside of any VPC
 * @param vpcSubnets null for the default of {@link ResourceFunction}
 * @param needsAWayOut whether the function calls AWS services without an endpoint in the VPC that is known of
 * @param securityGroups empty for one of the function's own
 * @param memorySize in MB
 * @param environmentEncryption null for Lambda's own key
 */
record FunctionProps(
        @Nullable Path archive,
        List<ILayerVersion> layers,
        @Nullable IVpc vpc,
        @Nullable SubnetSelection vpcSubnets,
        boolean needsAWayOut,
        List<ISecurityGroup> securityGroups,
        Duration timeout,
        int memorySize,
        Architecture architecture,
        @Nullable IKey environmentEncryption,
        RetentionDays logRetention,
        RemovalPolicy logRemovalPolicy) {

    FunctionProps {
        layers = List.copyOf(layers);
        securityGroups = List.copyOf(securityGroups);
    }
}
