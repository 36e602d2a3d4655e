package io.github.cdkliquibase.infra.database;

import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.ec2.IVpc;

/**
 * What an {@link AuroraDatabase} needs to be told.
 *
 * @param vpc where it stands; it uses the isolated subnets, which must be in two availability zones or more
 * @param databaseName the database that is created in the cluster
 * @param removalPolicy what becomes of the data when the database leaves the stack
 */
public record AuroraDatabaseProps(IVpc vpc, String databaseName, RemovalPolicy removalPolicy) {}
