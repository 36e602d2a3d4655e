package io.github.cdkliquibase.infra.database;

import java.util.Objects;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.rds.AuroraPostgresClusterEngineProps;
import software.amazon.awscdk.services.rds.AuroraPostgresEngineVersion;
import software.amazon.awscdk.services.rds.ClusterInstance;
import software.amazon.awscdk.services.rds.Credentials;
import software.amazon.awscdk.services.rds.DatabaseCluster;
import software.amazon.awscdk.services.rds.DatabaseClusterEngine;
import software.amazon.awscdk.services.rds.IDatabaseCluster;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.constructs.Construct;

/**
 * An encrypted Aurora PostgreSQL cluster with one Serverless v2 writer, in the isolated subnets of a VPC.
 *
 * <p>It pauses when nobody is connected, so the first connection after a while takes some seconds longer. Nobody can
 * connect until its connections are opened to a client.
 */
public final class AuroraDatabase extends Construct {

    private final DatabaseCluster cluster;
    private final String databaseName;

    public AuroraDatabase(Construct scope, String id, AuroraDatabaseProps props) {
        super(scope, id);
        databaseName = props.databaseName();
        cluster = DatabaseCluster.Builder.create(this, "Cluster")
                .engine(DatabaseClusterEngine.auroraPostgres(AuroraPostgresClusterEngineProps.builder()
                        .version(AuroraPostgresEngineVersion.VER_18_4)
                        .build()))
                .writer(ClusterInstance.serverlessV2("Writer"))
                .serverlessV2MinCapacity(0)
                .serverlessV2MaxCapacity(4)
                .credentials(Credentials.fromGeneratedSecret("postgres"))
                .defaultDatabaseName(databaseName)
                .storageEncrypted(true)
                .vpc(props.vpc())
                .vpcSubnets(SubnetSelection.builder()
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .build())
                .removalPolicy(props.removalPolicy())
                .build();
    }

    /** The cluster; to depend on it is to wait for its writer too. */
    public IDatabaseCluster cluster() {
        return cluster;
    }

    /** The generated secret of the master user, with host, port and database name. */
    public ISecret secret() {
        return Objects.requireNonNull(cluster.getSecret(), "cluster without a generated secret");
    }

    /** The database that was created in the cluster. */
    public String databaseName() {
        return databaseName;
    }
}
