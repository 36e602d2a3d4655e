package io.github.cdkliquibase.constructs.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.services.ec2.Connections;
import software.amazon.awscdk.services.ec2.IConnectable;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.iam.IPrincipal;
import software.amazon.awscdk.services.lambda.IFunction;
import software.amazon.awscdk.services.logs.ILogGroup;
import software.constructs.Construct;
import software.constructs.IConstruct;
import software.constructs.IDependable;

/**
 * The migration of one database: CloudFormation runs the changelog on every deploy, and a changelog that fails fails the
 * deploy.
 *
 * <p>The function is allowed to read the one secret, or to connect as the one user, and the database and the endpoints
 * are opened to it. The resource waits for the servers, the endpoints and these rules; what must not start before the
 * schema is there waits for the resource, see {@link #executeBefore}. When it is deleted the database stays as it is,
 * unless the properties say otherwise.
 */
public final class DatabaseMigration extends Construct implements IConnectable, IGrantable {

    private final ConnectedResource connected;
    private final CustomResource resource;
    private final CustomResource last;
    private final List<IConstruct> needed;

    public DatabaseMigration(Construct scope, String id, DatabaseMigrationProps props) {
        super(scope, id);
        connected = new ConnectedResource(
                this,
                "Runs a Liquibase changelog as a CloudFormation custom resource",
                "MigrationHandler",
                "Custom::DatabaseMigration",
                props.connection(),
                List.of(FilesLayer.ofChangelog(this, props.changelog())));
        SortedMap<String, Object> trigger = new TreeMap<>();
        trigger.put("ChangelogHash", ChangelogFingerprint.of(props.changelog()));
        if (props.trigger() == Trigger.EVERY_DEPLOY) {
            trigger.put("DeployedAt", connected.deployedAt());
        }
        resource = connected.resource(this, "Resource", trigger);
        last = props.roles().map(this::between).orElse(resource);
        needed = new ArrayList<>(connected.needed());
        props.roles().map(DatabaseRoles::needed).ifPresent(needed::addAll);
    }

    // The roles are kept before, and probed after.
    private CustomResource between(DatabaseRoles roles) {
        resource.getNode().addDependency(roles.resource());
        CustomResource probe = roles.probe(this, "Probe");
        probe.getNode().addDependency(resource);
        return probe;
    }

    /**
     * Makes these wait for the migration, and for the probe of the roles if there are any: on a deploy they are created
     * and updated after it, or not at all.
     *
     * @throws IllegalArgumentException if the migration waits for one of these, or is in it
     */
    public void executeBefore(IConstruct... constructs) {
        if (constructs.length == 0) {
            throw new IllegalArgumentException("'executeBefore' must name what needs the schema, got nothing");
        }
        Set<String> awaited = WaitingOrder.awaitedBy(this, needed);
        for (IConstruct construct : constructs) {
            if (getNode().getScopes().contains(construct)) {
                throw refusedBefore(construct, "which the migration itself is in");
            }
            if (WaitingOrder.holdsOneOf(construct, awaited)) {
                throw refusedBefore(construct, "which the migration itself needs or waits for");
            }
            construct.getNode().addDependency(last);
        }
    }

    private static IllegalArgumentException refusedBefore(IConstruct construct, String why) {
        return new IllegalArgumentException("'executeBefore' must name constructs that need the schema, got '%s', %s"
                .formatted(construct.getNode().getPath(), why));
    }

    /** Makes the migration wait for these; its roles have a method of their own for that. */
    public void executeAfter(IDependable... dependables) {
        resource.getNode().addDependency(dependables);
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

    /** The function that runs the changelog, for alarms on its metrics, or to invoke it by hand. */
    public IFunction function() {
        return connected.function();
    }

    /** The log group of the function, for metric filters; the names of the lines are in {@code docs/custom-resource.md}. */
    public ILogGroup logGroup() {
        return connected.logs();
    }

    /** The resource through which CloudFormation runs the changelog. */
    public CustomResource resource() {
        return resource;
    }

    /**
     * {@code true} if this deploy was taken for a stack rollback, so that no changeset was executed, and {@code false} if
     * not; a token.
     */
    public String stackRollback() {
        return resource.getAttString("StackRollback");
    }

    /** How many changesets this deploy executed; a token. */
    public String appliedChangesets() {
        return resource.getAttString("AppliedChangesets");
    }

    /** How many changesets the changelog has, after contexts and labels; empty on a stack rollback; a token. */
    public String totalChangesets() {
        return resource.getAttString("TotalChangesets");
    }

    /** {@code file::id::author} of the changeset that was executed last, in this deploy or before; a token. */
    public String lastChangeset() {
        return resource.getAttString("LastChangeset");
    }

    /** Liquibase's id of this deploy; empty if nothing was executed; a token. */
    public String deploymentId() {
        return resource.getAttString("DeploymentId");
    }

    /** How many milliseconds the run took; a token. */
    public String elapsedMillis() {
        return resource.getAttString("ElapsedMillis");
    }

    /**
     * The ISO-8601 instant just before the first changeset of this deploy, to which the database can be restored; empty
     * if nothing was executed; a token.
     */
    public String restorePoint() {
        return resource.getAttString("RestorePoint");
    }

    /** {@code "true"} if this deploy was the same as the one before, and Liquibase was not started; a token. */
    public String unchanged() {
        return resource.getAttString("Unchanged");
    }

    /** How many changesets a stack rollback has undone: {@code "0"} in a deploy. */
    public String rolledBackChangesets() {
        return resource.getAttString("RolledBackChangesets");
    }

    /** Why a stack rollback has not undone all that it should; empty if it has, and in a deploy. */
    public String rollbackReason() {
        return resource.getAttString("RollbackReason");
    }

    /** The version of the function that ran; a token. */
    public String version() {
        return resource.getAttString("Version");
    }
}
