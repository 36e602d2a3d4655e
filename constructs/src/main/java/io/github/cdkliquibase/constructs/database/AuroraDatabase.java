package io.github.cdkliquibase.constructs.database;

import io.github.cdkliquibase.constructs.nag.NagFindings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.services.ec2.Connections;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.iam.Grant;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.rds.AuroraPostgresClusterEngineProps;
import software.amazon.awscdk.services.rds.BackupProps;
import software.amazon.awscdk.services.rds.ClusterInstance;
import software.amazon.awscdk.services.rds.Credentials;
import software.amazon.awscdk.services.rds.CredentialsBaseOptions;
import software.amazon.awscdk.services.rds.CredentialsFromUsernameOptions;
import software.amazon.awscdk.services.rds.DatabaseCluster;
import software.amazon.awscdk.services.rds.DatabaseClusterEngine;
import software.amazon.awscdk.services.rds.DatabaseClusterProps;
import software.amazon.awscdk.services.rds.IClusterEngine;
import software.amazon.awscdk.services.rds.IClusterInstance;
import software.amazon.awscdk.services.rds.IDatabaseCluster;
import software.amazon.awscdk.services.rds.ParameterGroup;
import software.amazon.awscdk.services.rds.PerformanceInsightRetention;
import software.amazon.awscdk.services.rds.ServerlessV2ClusterInstanceProps;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.amazon.awscdk.services.ssm.StringParameter;
import software.constructs.Construct;

/**
 * An Aurora PostgreSQL cluster of Serverless v2 instances: encrypted with a key of its own, TLS forced, IAM
 * authentication on, in isolated subnets.
 *
 * <p>Nobody can connect until its connections are opened to a client. The ARNs of the cluster and of the master user's
 * secret are in the Systems Manager parameters {@code /<service>/<stage>/database/cluster-arn} and {@code …/secret-arn}, if
 * no other path is given. The exported log of the servers outlives the stack and does not expire; give its group {@code
 * /aws/rds/cluster/<cluster>/postgresql} a retention where that matters.
 */
public final class AuroraDatabase extends Construct implements IConnectable {

    private static final String MASTER_USER = "postgres";

    private final DatabaseCluster cluster;
    private final String databaseName;
    private final @Nullable ApplicationProxy proxy;

    public AuroraDatabase(Construct scope, String id, AuroraDatabaseProps props) {
        super(scope, id);
        databaseName = props.databaseName;
        IKey key = Objects.requireNonNullElseGet(props.encryptionKey, () -> key(props.removalPolicy));
        cluster = cluster(props, key);
        proxy = props.proxy ? new ApplicationProxy(this, "Proxy", cluster, props.vpc, props.vpcSubnets) : null;
        parameter("ClusterArn", props, "cluster-arn", cluster.getClusterArn());
        parameter("SecretArn", props, "secret-arn", secret().getSecretArn());
        acknowledge(props);
    }

    private DatabaseCluster cluster(AuroraDatabaseProps props, IKey key) {
        IClusterEngine engine = DatabaseClusterEngine.auroraPostgres(AuroraPostgresClusterEngineProps.builder()
                .version(props.engineVersion)
                .build());
        DatabaseClusterProps.Builder builder = DatabaseClusterProps.builder()
                .engine(engine)
                .parameterGroup(ParameterGroup.Builder.create(this, "Parameters")
                        .engine(engine)
                        .description("TLS is forced")
                        .parameters(Map.of("rds.force_ssl", "1"))
                        .build())
                .vpc(props.vpc)
                .vpcSubnets(props.vpcSubnets)
                .writer(ClusterInstance.serverlessV2("Writer", instance(key).build()))
                .readers(readers(props.readers, key))
                .serverlessV2MinCapacity(props.minCapacity)
                .serverlessV2MaxCapacity(props.maxCapacity)
                .defaultDatabaseName(databaseName)
                .iamAuthentication(true)
                .storageEncrypted(true)
                .storageEncryptionKey(key)
                .enableDataApi(props.dataApi)
                .enablePerformanceInsights(true)
                .performanceInsightRetention(PerformanceInsightRetention.DEFAULT)
                .performanceInsightEncryptionKey(key)
                .cloudwatchLogsExports(
                        props.iamErrorLog ? List.of("postgresql", "iam-db-auth-error") : List.of("postgresql"))
                .backup(BackupProps.builder().retention(props.backupRetention).build())
                .copyTagsToSnapshot(true)
                .deletionProtection(props.deletionProtection)
                .removalPolicy(props.removalPolicy);
        if (props.minCapacity == 0) {
            builder.serverlessV2AutoPauseDuration(props.autoPause);
        }
        // A secret that RDS manages is rotated by RDS: no function, and no endpoint for one.
        builder.manageMasterUserPassword(props.secretRotation ? true : null)
                .credentials(
                        props.secretRotation
                                ? Credentials.fromUsername(
                                        MASTER_USER,
                                        CredentialsFromUsernameOptions.builder()
                                                .encryptionKey(key)
                                                .build())
                                : Credentials.fromGeneratedSecret(
                                        MASTER_USER,
                                        CredentialsBaseOptions.builder()
                                                .encryptionKey(key)
                                                .build()));
        return new DatabaseCluster(this, "Cluster", builder.build());
    }

    // A snapshot that stays can be restored only as long as its key is there.
    private IKey key(RemovalPolicy ofData) {
        return Key.Builder.create(this, "Key")
                .description("Storage, backups and secret of the database")
                .enableKeyRotation(true)
                .removalPolicy(ofData == RemovalPolicy.DESTROY ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN)
                .pendingWindow(Duration.days(7))
                .build();
    }

    private static ServerlessV2ClusterInstanceProps.Builder instance(IKey key) {
        return ServerlessV2ClusterInstanceProps.builder()
                .enablePerformanceInsights(true)
                .performanceInsightRetention(PerformanceInsightRetention.DEFAULT)
                .performanceInsightEncryptionKey(key);
    }

    private static List<IClusterInstance> readers(int count, IKey key) {
        List<IClusterInstance> readers = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            // The first scales with the writer, so that it can take over at once.
            readers.add(ClusterInstance.serverlessV2(
                    "Reader" + i, instance(key).scaleWithWriter(i == 1).build()));
        }
        return readers;
    }

    private void parameter(String id, AuroraDatabaseProps props, String name, String value) {
        StringParameter.Builder.create(this, id)
                .parameterName(props.parameterPath + "/" + name)
                .stringValue(value)
                .build();
    }

    private void acknowledge(AuroraDatabaseProps props) {
        List<Acknowledgment> known = new ArrayList<>();
        known.add(
                NagFindings.acknowledged(
                        "AwsSolutions-RDS11",
                        "Who may connect is decided by security groups, TLS and credentials; another port than 5432 would hide nothing"));
        if (!props.deletionProtection) {
            known.add(NagFindings.acknowledged(
                    "AwsSolutions-RDS10",
                    "This database is meant to be thrown away with its stack; the stage 'production' protects it"));
        }
        if (!props.secretRotation) {
            known.add(
                    NagFindings.acknowledged(
                            "AwsSolutions-SMG4",
                            "Rotation was switched off for this database; the password is used by the migration only, over TLS, and applications have IAM tokens"));
        }
        Validations.of(this).acknowledge(known.toArray(Acknowledgment[]::new));
    }

    /** The cluster. The migration connects to its writer, also where applications use a proxy. */
    public IDatabaseCluster cluster() {
        return cluster;
    }

    /**
     * The secret of the master user. One that RDS manages holds only user name and password, and is rotated; one that was
     * generated also holds host, port and database name.
     */
    public ISecret secret() {
        return Objects.requireNonNull(cluster.getSecret(), "cluster without a secret");
    }

    /** The database that was created in the cluster. */
    public String databaseName() {
        return databaseName;
    }

    /** Where applications connect to: the proxy if there is one, or else the writer; a token. */
    public String applicationHost() {
        return proxy == null ? cluster.getClusterEndpoint().getHostname() : proxy.host();
    }

    /** The port that applications connect to; a token. */
    public String applicationPort() {
        return proxy == null ? Token.asString(cluster.getClusterEndpoint().getPort()) : proxy.port();
    }

    /** The security groups of what applications connect to, with port 5432. */
    @Override
    public Connections getConnections() {
        return proxy == null ? cluster.getConnections() : proxy.connections();
    }

    /**
     * Lets a principal connect as a user with IAM tokens: through the proxy if there is one, or else to the cluster. The
     * user must be one of the database and have the role {@code rds_iam}.
     */
    public Grant grantConnect(IGrantable grantee, String username) {
        return proxy == null ? cluster.grantConnect(grantee, username) : proxy.grantConnect(grantee, username);
    }
}
