package io.github.cdkliquibase.constructs.database;

import io.github.cdkliquibase.constructs.migration.DatabaseTarget;
import io.github.cdkliquibase.constructs.nag.NagFindings;
import java.util.List;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.services.iam.Grant;
import software.amazon.awscdk.services.iam.GrantOnPrincipalOptions;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.rds.CfnDBCluster;
import software.constructs.Construct;
import software.constructs.IDependable;

/**
 * An Aurora PostgreSQL cluster in Express configuration: there in seconds, outside of any VPC, reached through an internet
 * access gateway, and with IAM tokens only.
 *
 * <p>AWS chooses the engine's version and all other settings. Nobody but RDS knows the name of the instance that comes
 * with the cluster, so this construct looks it up, and with the removal policy {@code DESTROY} deletes it before the
 * cluster.
 */
public final class AuroraExpressDatabase extends Construct {

    /** What Express configuration names the master user, and the first database. */
    private static final String POSTGRES = "postgres";

    private static final String PORT = "5432";

    private final RdsCalls.Cluster cluster;
    private final IDependable ready;

    public AuroraExpressDatabase(Construct scope, String id, AuroraExpressDatabaseProps props) {
        super(scope, id);
        boolean destroy = props.removalPolicy() == RemovalPolicy.DESTROY;
        RdsCalls calls = new RdsCalls(this, "Calls");
        cluster = switch (props.provisioning()) {
            case CLOUDFORMATION -> {
                CfnDBCluster resource = expressCluster(props.removalPolicy());
                yield calls.lookUp(resource.getRef(), resource);
            }
            case SDK_CALLS -> calls.lookUp(calls.clusterName(), calls.createCluster(destroy));
        };
        ready = destroy ? calls.deleteInstanceFirst(cluster) : cluster.resource();
    }

    private CfnDBCluster expressCluster(RemovalPolicy removalPolicy) {
        CfnDBCluster resource = CfnDBCluster.Builder.create(this, "Cluster")
                .engine("aurora-postgresql")
                .build();
        // This version of the CDK has no property for it yet, and its template validator takes it for a mistake.
        resource.addPropertyOverride("WithExpressConfiguration", true);
        Validations.of(resource)
                .acknowledge(
                        NagFindings.acknowledged(
                                "CloudFormation-Validate::F3002",
                                "CloudFormation has the property 'WithExpressConfiguration'; the schema that this version of the CDK validates with is older"),
                        NagFindings.acknowledged(
                                "AwsSolutions-RDS2",
                                "Express configuration encrypts the storage, with a key that RDS owns, and takes no parameter for it"),
                        NagFindings.acknowledged(
                                "AwsSolutions-RDS6",
                                "Express configuration has no other authentication than IAM, and takes no parameter for it"),
                        NagFindings.acknowledged(
                                "AwsSolutions-RDS10",
                                "Express configuration takes no parameter for it; the removal policy says what becomes of the cluster"),
                        NagFindings.acknowledged(
                                "AwsSolutions-RDS11",
                                "The internet access gateway listens on 5432 only; who may connect is decided by IAM"));
        resource.applyRemovalPolicy(removalPolicy);
        return resource;
    }

    /** The database server, for a migration. */
    public DatabaseTarget target() {
        return DatabaseTarget.of(cluster.host(), PORT, ready, this::grantConnect);
    }

    /** The user that a migration connects as, with IAM tokens. */
    public String masterUsername() {
        return POSTGRES;
    }

    /** The database that is there from the start. */
    public String databaseName() {
        return POSTGRES;
    }

    /** Where applications connect to, on port 5432; a token. */
    public String host() {
        return cluster.host();
    }

    /** Lets a principal connect as a user with IAM tokens. The user must be one of the database. */
    public Grant grantConnect(IGrantable grantee, String username) {
        String user = Stack.of(this)
                .formatArn(ArnComponents.builder()
                        .service("rds-db")
                        .resource("dbuser")
                        .resourceName(cluster.resourceId() + "/" + username)
                        .arnFormat(ArnFormat.COLON_RESOURCE_NAME)
                        .build());
        return Grant.addToPrincipal(GrantOnPrincipalOptions.builder()
                .grantee(grantee)
                .actions(List.of("rds-db:connect"))
                .resourceArns(List.of(user))
                .build());
    }
}
