package io.github.cdkliquibase.infra.migration;

import java.time.Clock;
import software.amazon.awscdk.services.ec2.IInterfaceVpcEndpoint;
import software.amazon.awscdk.services.rds.IDatabaseCluster;
import software.amazon.awscdk.services.secretsmanager.ISecret;

/**
 * What a {@link DatabaseMigration} needs to be told.
 *
 * @param function the function that runs the changelog
 * @param cluster the cluster to migrate
 * @param secret the user to migrate as, in the form that RDS gives its secrets, with the host
 * @param databaseName the database in the cluster
 * @param secretsManager the endpoint through which the function reads the secret
 * @param clock gives the time of this deploy
 */
public record DatabaseMigrationProps(
        MigrationFunction function,
        IDatabaseCluster cluster,
        ISecret secret,
        String databaseName,
        IInterfaceVpcEndpoint secretsManager,
        Clock clock) {}
