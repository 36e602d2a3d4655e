package io.github.cdkliquibase.constructs.migration;

import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.IResource;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.rds.CfnDBCluster;
import software.amazon.awscdk.services.rds.CfnDBInstance;
import software.amazon.awscdk.services.rds.Endpoint;
import software.amazon.awscdk.services.rds.IClusterEngine;
import software.amazon.awscdk.services.rds.IDatabaseCluster;
import software.amazon.awscdk.services.rds.IDatabaseInstance;
import software.amazon.awscdk.services.rds.IInstanceEngine;
import software.constructs.IConstruct;
import software.constructs.IDependable;

/**
 * The database server that is connected to: where it listens, who opens it, and what has to stand before it can be used.
 *
 * <p>Always the writer, never a proxy: the lock of a run belongs to its session, which a proxy hands to others.
 */
public final class DatabaseTarget {

    private static final Set<String> SERVERS = Set.of("AWS::RDS::DBCluster", "AWS::RDS::DBInstance");

    private final String host;
    private final String port;
    private final @Nullable IConnectable connectable;
    private final List<IDependable> awaited;
    private final BiConsumer<IGrantable, String> connectGrant;
    private final @Nullable String region;

    private DatabaseTarget(
            String host,
            String port,
            @Nullable IConnectable connectable,
            List<IDependable> awaited,
            BiConsumer<IGrantable, String> connectGrant,
            @Nullable String region) {
        DatabaseChecks.requireWriter(host);
        this.host = host;
        this.port = port;
        this.connectable = connectable;
        this.awaited = awaited;
        this.connectGrant = connectGrant;
        this.region = region;
    }

    /**
     * An Aurora cluster, of this app or imported. An imported one must have been given the address of its writer, its
     * port and its security groups (one that is not mutable is left as it is), and its resource identifier for IAM
     * authentication.
     *
     * @throws IllegalArgumentException if it is no PostgreSQL, a replica, or was imported without one of these
     */
    public static DatabaseTarget of(IDatabaseCluster cluster) {
        IClusterEngine engine = cluster.getEngine();
        check("cluster", cluster, cluster, engine == null ? null : engine.getEngineType());
        Endpoint writer = DatabaseChecks.endpoint("cluster", cluster, cluster::getClusterEndpoint);
        return new DatabaseTarget(
                writer.getHostname(),
                port(writer),
                cluster,
                servers(cluster),
                (grantee, user) -> {
                    cluster.grantConnect(grantee, user);
                    requireIam(cluster);
                },
                region(cluster));
    }

    /**
     * An RDS instance, of this app or imported.
     *
     * @throws IllegalArgumentException if it is no PostgreSQL, a replica, or was imported without security groups
     */
    public static DatabaseTarget of(IDatabaseInstance instance) {
        IInstanceEngine engine = instance.getEngine();
        check("instance", instance, instance, engine == null ? null : engine.getEngineType());
        return new DatabaseTarget(
                instance.getDbInstanceEndpointAddress(),
                instance.getDbInstanceEndpointPort(),
                instance,
                servers(instance),
                (grantee, user) -> {
                    instance.grantConnect(grantee, user);
                    requireIam(instance);
                },
                region(instance));
    }

    /**
     * A server that CDK knows nothing of. The function is let out to its port; that the server lets it in, and {@code
     * rds-db:connect} for IAM authentication, are up to the caller.
     *
     * @throws IllegalArgumentException if the host is the endpoint of a reader or of an RDS Proxy, or the port is none
     */
    public static DatabaseTarget of(String host, int port) {
        DatabaseChecks.requirePort(port);
        return new DatabaseTarget(
                host,
                Integer.toString(port),
                null,
                List.of(),
                (grantee, user) -> {},
                DatabaseChecks.region(host).orElse(null));
    }

    /**
     * A server that is reached without a security group.
     *
     * @param awaited what has to stand before anybody can connect
     * @param connectGrant allows a principal to connect with IAM tokens as a user
     * @throws IllegalArgumentException if the host is the endpoint of a reader or of an RDS Proxy
     */
    public static DatabaseTarget of(
            String host, String port, IDependable awaited, BiConsumer<IGrantable, String> connectGrant) {
        return new DatabaseTarget(
                host,
                port,
                null,
                List.of(awaited),
                connectGrant,
                DatabaseChecks.region(host).orElse(null));
    }

    private static void check(String call, IConstruct database, IConnectable connectable, @Nullable String engine) {
        DatabaseChecks.requirePostgresql(call, database, engine);
        DatabaseChecks.requireNoReplica(call, database);
        DatabaseChecks.requireSecurityGroups(call, database, connectable);
    }

    private static @Nullable String region(IResource database) {
        return DatabaseChecks.region(database).orElse(null);
    }

    String host() {
        return host;
    }

    String port() {
        return port;
    }

    /** The security groups that guard the server, and its port; null if there are none to open. */
    @Nullable IConnectable connectable() {
        return connectable;
    }

    List<IDependable> awaited() {
        return awaited;
    }

    void grantConnect(IGrantable grantee, String user) {
        connectGrant.accept(grantee, user);
    }

    /** The region of an RDS server; null if it is not known at synth, or the server may be no RDS one. */
    @Nullable String region() {
        return region;
    }

    private static String port(Endpoint endpoint) {
        return Token.asString(endpoint.getPort());
    }

    // What is imported cannot be looked at. An instance of this app is switched on by the grant itself.
    private static void requireIam(IConstruct database) {
        for (IConstruct each : database.getNode().findAll()) {
            boolean off = switch (each) {
                case CfnDBCluster cluster -> isOff(cluster, cluster.getEnableIamDatabaseAuthentication());
                case CfnDBInstance instance
                when instance.getDbClusterIdentifier() == null ->
                    isOff(instance, instance.getEnableIamDatabaseAuthentication());
                default -> false;
            };
            if (off) {
                throw new IllegalArgumentException(
                        "'iamUsername' needs a database with IAM authentication, and '%s' has none. Set 'iamAuthentication(true)' on it"
                                .formatted(database.getNode().getPath()));
            }
        }
    }

    private static boolean isOff(CfnResource resource, @Nullable Object value) {
        return value == null || !Boolean.TRUE.equals(Stack.of(resource).resolve(value));
    }

    // Not the whole tree: it also holds the rules that open the server to others, and an application that waits for the
    // migration has its own rule there.
    private static List<IDependable> servers(IConstruct database) {
        return database.getNode().findAll().stream()
                .filter(each -> each instanceof CfnResource resource && SERVERS.contains(resource.getCfnResourceType()))
                .map(IDependable.class::cast)
                .toList();
    }
}
