package io.github.cdkliquibase.constructs.migration;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.services.ec2.Connections;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.iam.IPrincipal;
import software.amazon.awscdk.services.lambda.IFunction;
import software.amazon.awscdk.services.lambda.ILayerVersion;
import software.amazon.awscdk.services.logs.ILogGroup;
import software.constructs.Construct;
import software.constructs.IConstruct;
import software.constructs.IDependable;

/**
 * The roles of a database, kept on every deploy: an owner, as which the migration runs, an application, and a reader. The
 * reader and the application can use what later migrations make without any further step.
 *
 * <p>The function that keeps them is one of its own: it alone may read the administrator's secret, and it runs nothing that
 * is in a changelog. Give the roles to a migration, and it runs as the owner and is followed by a probe; see {@link
 * DatabaseMigrationProps.Builder#roles}.
 */
public final class DatabaseRoles extends Construct implements IConnectable, IGrantable {

    private final DatabaseRolesProps props;
    private final ConnectedResource connected;
    private final CustomResource resource;

    public DatabaseRoles(Construct scope, String id, DatabaseRolesProps props) {
        super(scope, id);
        this.props = props;
        List<ILayerVersion> authorities = props.sslRootCert()
                .map(pem -> List.<ILayerVersion>of(FilesLayer.ofAuthorities(this, pem)))
                .orElse(List.of());
        connected = new ConnectedResource(
                this,
                "Keeps the roles of a database as a CloudFormation custom resource",
                "RolesHandler",
                "Custom::DatabaseRoles",
                props.connection(),
                authorities);
        Stream.of(Optional.of(props.owner()), props.application(), props.readOnly())
                .flatMap(Optional::stream)
                .map(DatabaseRole::secret)
                .filter(Objects::nonNull)
                .forEach(secret -> SecretAccess.grant(connected.function(), secret));
        resource = connected.resource(this, "Resource", action("RECONCILE"));
    }

    private SortedMap<String, Object> action(String action) {
        SortedMap<String, Object> properties = new TreeMap<>();
        properties.put("Action", action);
        properties.put("DeployedAt", connected.deployedAt());
        return properties;
    }

    /** Makes a resource that fails the deploy if a role cannot do what it should, or can do more. */
    CustomResource probe(Construct scope, String id) {
        return connected.resource(scope, id, action("PROBE"));
    }

    /** Makes the roles, and with them the migrations that run as their owner, wait for these. */
    public void executeAfter(IDependable... dependables) {
        resource.getNode().addDependency(dependables);
    }

    /** The function that keeps the roles, for alarms on its metrics. */
    public IFunction function() {
        return connected.function();
    }

    /** The log group of the function, for metric filters; the names of the lines are in {@code docs/database-roles.md}. */
    public ILogGroup logGroup() {
        return connected.logs();
    }

    /** The resource through which CloudFormation keeps the roles. */
    public CustomResource resource() {
        return resource;
    }

    /**
     * {@code true} if this deploy was taken for a stack rollback, so that nothing was changed, and {@code false} if not; a
     * token.
     */
    public String stackRollback() {
        return resource.getAttString("StackRollback");
    }

    /** How many things this deploy changed before the migration; a token. */
    public String changes() {
        return resource.getAttString("Changes");
    }

    /** What was changed by hand since the last deploy, and this one corrected; empty if nothing; a token. */
    public String drift() {
        return resource.getAttString("Drift");
    }

    List<IConstruct> needed() {
        return connected.needed();
    }

    DatabaseTarget target() {
        return props.connection().target();
    }

    DatabaseRole owner() {
        return props.owner();
    }

    String databaseName() {
        return props.databaseName();
    }

    /**
     * The network connections of the function.
     *
     * @throws software.amazon.jsii.JsiiException if the function runs outside of any VPC
     */
    @Override
    public Connections getConnections() {
        return connected.function().getConnections();
    }

    /** The role of the function. */
    @Override
    public IPrincipal getGrantPrincipal() {
        return connected.function().getGrantPrincipal();
    }
}
