package io.github.cdkliquibase.infra.migration;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.rds.CfnDBCluster;
import software.amazon.awscdk.services.rds.CfnDBInstance;
import software.amazon.awscdk.services.rds.Endpoint;
import software.amazon.awscdk.services.rds.IDatabaseCluster;
import software.amazon.awscdk.services.rds.IDatabaseInstance;
import software.amazon.awscdk.services.rds.IServerlessCluster;
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
    private final @Nullable BiConsumer<IGrantable, String> connectGrant;

    private DatabaseTarget(
            String host,
            String port,
            @Nullable IConnectable connectable,
            List<IDependable> awaited,
            @Nullable BiConsumer<IGrantable, String> connectGrant) {
        this.host = host;
        this.port = port;
        this.connectable = connectable;
        this.awaited = awaited;
        this.connectGrant = connectGrant;
    }

    /**
     * An Aurora cluster, of this app or imported. An imported one must have been given its endpoint; its security groups
     * if they are to be opened (one that is not mutable is left as it is), and its resource identifier for IAM
     * authentication.
     */
    public static DatabaseTarget of(IDatabaseCluster cluster) {
        Endpoint writer = cluster.getClusterEndpoint();
        return new DatabaseTarget(writer.getHostname(), port(writer), cluster, servers(cluster), (grantee, user) -> {
            cluster.grantConnect(grantee, user);
            requireIam(cluster);
        });
    }

    /** An Aurora Serverless v1 cluster, which knows no IAM authentication. */
    public static DatabaseTarget of(IServerlessCluster cluster) {
        Endpoint writer = cluster.getClusterEndpoint();
        return new DatabaseTarget(writer.getHostname(), port(writer), cluster, servers(cluster), null);
    }

    /** An RDS instance, of this app or imported. */
    public static DatabaseTarget of(IDatabaseInstance instance) {
        return new DatabaseTarget(
                instance.getDbInstanceEndpointAddress(),
                instance.getDbInstanceEndpointPort(),
                instance,
                servers(instance),
                (grantee, user) -> {
                    instance.grantConnect(grantee, user);
                    requireIam(instance);
                });
    }

    /**
     * A server that CDK knows nothing of. The function is let out to its port; that the server lets it in, and {@code
     * rds-db:connect} for IAM authentication, are up to the caller.
     */
    public static DatabaseTarget of(String host, int port) {
        return new DatabaseTarget(host, Integer.toString(port), null, List.of(), (grantee, user) -> {});
    }

    /**
     * A server that is reached without a security group.
     *
     * @param awaited what has to stand before anybody can connect
     * @param connectGrant allows a principal to connect with IAM tokens as a user
     */
    public static DatabaseTarget of(
            String host, String port, IDependable awaited, BiConsumer<IGrantable, String> connectGrant) {
        return new DatabaseTarget(host, port, null, List.of(awaited), connectGrant);
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
        Objects.requireNonNull(connectGrant, "refused when the properties were built")
                .accept(grantee, user);
    }

    boolean knowsIam() {
        return connectGrant != null;
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
