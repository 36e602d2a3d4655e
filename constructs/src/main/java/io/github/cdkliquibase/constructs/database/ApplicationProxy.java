package io.github.cdkliquibase.constructs.database;

import java.util.List;
import software.amazon.awscdk.Names;
import software.amazon.awscdk.UniqueResourceNameOptions;
import software.amazon.awscdk.services.ec2.Connections;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.iam.Grant;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.rds.DatabaseCluster;
import software.amazon.awscdk.services.rds.DatabaseProxy;
import software.amazon.awscdk.services.rds.DefaultAuthScheme;
import software.amazon.awscdk.services.rds.ProxyTarget;
import software.constructs.Construct;

/**
 * An RDS Proxy for applications: TLS only, IAM tokens on both of its sides, no secret.
 *
 * <p>The migration does not use it. The lock of a run belongs to a session, and a proxy would pin that or hand it on.
 */
final class ApplicationProxy extends Construct {

    private static final int POSTGRESQL_PORT = 5432;

    /** RDS takes 63 characters. */
    private static final int MOST_OF_A_NAME = 60;

    private final DatabaseCluster cluster;
    private final Role role;
    private final DatabaseProxy proxy;
    private final Connections connections;

    ApplicationProxy(Construct scope, String id, DatabaseCluster cluster, IVpc vpc, SubnetSelection vpcSubnets) {
        super(scope, id);
        this.cluster = cluster;
        role = Role.Builder.create(this, "Role")
                .assumedBy(new ServicePrincipal("rds.amazonaws.com"))
                .description("Of the proxy, to connect to the cluster as the users of applications")
                .build();
        SecurityGroup group = SecurityGroup.Builder.create(this, "SecurityGroup")
                .vpc(vpc)
                .description("Of the proxy for applications")
                .build();
        proxy = DatabaseProxy.Builder.create(this, "Proxy")
                .proxyTarget(ProxyTarget.fromCluster(cluster))
                // Without one CDK takes the construct's id, unless a feature flag is set.
                .dbProxyName(Names.uniqueResourceName(
                        this,
                        UniqueResourceNameOptions.builder()
                                .maxLength(MOST_OF_A_NAME)
                                .separator("-")
                                .build()))
                .vpc(vpc)
                .vpcSubnets(vpcSubnets)
                .securityGroups(List.of(group))
                .defaultAuthScheme(DefaultAuthScheme.IAM_AUTH)
                .requireTls(true)
                .role(role)
                .build();
        // The proxy's own connections have no default port.
        connections = Connections.Builder.create()
                .securityGroups(List.of(group))
                .defaultPort(Port.tcp(POSTGRESQL_PORT))
                .build();
    }

    String host() {
        return proxy.getEndpoint();
    }

    String port() {
        return Integer.toString(POSTGRESQL_PORT);
    }

    Connections connections() {
        return connections;
    }

    Grant grantConnect(IGrantable grantee, String username) {
        cluster.grantConnect(role, username);
        return proxy.grantConnect(grantee, username);
    }
}
