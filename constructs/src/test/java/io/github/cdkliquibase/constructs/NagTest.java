package io.github.cdkliquibase.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import io.github.cdkliquibase.constructs.database.AuroraDatabase;
import io.github.cdkliquibase.constructs.database.AuroraDatabaseProps;
import io.github.cdkliquibase.constructs.database.AuroraExpressDatabase;
import io.github.cdkliquibase.constructs.database.AuroraExpressDatabaseProps;
import io.github.cdkliquibase.constructs.database.DeploymentStage;
import io.github.cdkliquibase.constructs.database.Provisioning;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.services.sns.Topic;

/** cdk-nag's AwsSolutions rules over the constructs: what they find is mended, or acknowledged with a reason. */
final class NagTest {

    @TempDir
    private static Path folder;

    private static Inputs inputs;

    @BeforeAll
    static void writeInputs() {
        inputs = Inputs.writeTo(folder);
    }

    @Test
    void nothingIsFoundInAStackWhoseEnvironmentIsKnown() {
        App app = inputs.app(Map.of());
        Stack stack = new Stack(
                app,
                "Known",
                StackProps.builder()
                        .env(Environment.builder()
                                .account("111122223333")
                                .region("eu-central-1")
                                .build())
                        .build());
        IsolatedNetwork network = new IsolatedNetwork(stack, "Network");
        AuroraDatabase database = new AuroraDatabase(
                stack,
                "Database",
                AuroraDatabaseProps.builder(network.vpc(), DeploymentStage.PRODUCTION, "shop", "shop")
                        .proxy(true)
                        .build());
        AuroraExpressDatabase express = new AuroraExpressDatabase(
                stack, "Express", new AuroraExpressDatabaseProps(Provisioning.SDK_CALLS, RemovalPolicy.DESTROY));
        new DatabaseMigration(
                stack,
                "Migration",
                props().network(network)
                        .cluster(database.cluster())
                        .secret(database.secret())
                        .build());
        new DatabaseMigration(
                stack,
                "ExpressMigration",
                props().database(express.target())
                        .iamUsername(express.masterUsername())
                        .databaseName(express.databaseName())
                        .build());
        Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

        assertThat(app.synth().getStacks()).hasSize(1);
    }

    private static DatabaseMigrationProps.Builder props() {
        return DatabaseMigrationProps.builder().changelog(inputs.changelog()).functionArchive(inputs.migrationLambda());
    }

    @Test
    void whatIsNotAcknowledgedFailsTheSynthesis() {
        App app = inputs.app(Map.of());
        new Topic(new Stack(app, "Bad"), "Topic");
        Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

        assertThatThrownBy(app::synth).hasMessageContaining("Validation failed");
        assertThat(Path.of(app.getOutdir(), "validation-report.json")).content().contains("AwsSolutions-SNS3");
    }
}
