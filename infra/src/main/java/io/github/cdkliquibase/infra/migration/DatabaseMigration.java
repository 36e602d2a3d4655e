package io.github.cdkliquibase.infra.migration;

import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.customresources.Provider;
import software.amazon.awscdk.services.lambda.IFunction;
import software.constructs.Construct;

/**
 * The migration of one database: CloudFormation runs the changelog on every deploy, and a changelog that fails
 * fails the deploy.
 *
 * <p>It lets the function read the secret, and opens the database and the endpoint to it. It waits for the writer, the
 * endpoint and these rules. When it is deleted the database stays as it is.
 */
public final class DatabaseMigration extends Construct {

    /** How long CloudFormation waits for a lost answer: a minute more than the Provider's functions live. */
    private static final Duration SERVICE_TIMEOUT = Duration.minutes(16);

    public DatabaseMigration(Construct scope, String id, DatabaseMigrationProps props) {
        super(scope, id);
        IFunction function = props.function().function();
        props.secret().grantRead(function);
        props.cluster().getConnections().allowDefaultPortFrom(function);
        props.secretsManager().getConnections().allowDefaultPortFrom(function);

        Provider provider = Provider.Builder.create(this, "Provider")
                .onEventHandler(function)
                .build();
        CustomResource resource = CustomResource.Builder.create(this, "Resource")
                .resourceType("Custom::DatabaseMigration")
                .serviceToken(provider.getServiceToken())
                .serviceTimeout(SERVICE_TIMEOUT)
                .properties(properties(props))
                .build();
        // The cluster's and the endpoint's trees hold the writer and the security-group rules too.
        resource.getNode().addDependency(props.cluster(), props.secretsManager());
    }

    // Sorted, so that the same input gives the same template.
    private static Map<String, Object> properties(DatabaseMigrationProps props) {
        ChangelogFolder changelog = props.function().changelog();
        return new TreeMap<>(Map.of(
                "DeployedAt",
                        props.clock().instant().truncatedTo(ChronoUnit.MILLIS).toString(),
                "ChangelogHash", ChangelogFingerprint.of(changelog),
                "ChangelogFile", changelog.rootFile(),
                "SecretArn", props.secret().getSecretArn(),
                "DatabaseName", props.databaseName()));
    }
}
