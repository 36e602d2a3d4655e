package io.github.cdkliquibase.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.constructs.database.AuroraDatabase;
import io.github.cdkliquibase.constructs.database.AuroraDatabaseProps;
import io.github.cdkliquibase.constructs.database.DeploymentStage;
import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;

final class AuroraDatabaseTest {

    @TempDir
    private Path folder;

    private App app;
    private Stack stack;
    private IsolatedNetwork network;

    @BeforeEach
    void open() {
        app = Inputs.writeTo(folder).app(Map.of());
        stack = new Stack(app, "Stack");
        network = new IsolatedNetwork(stack, "Network");
    }

    @Test
    void developmentPausesAndGoesWithTheStack() {
        SynthesisedStack synthesised = synthesise(props(DeploymentStage.DEVELOPMENT));

        JsonNode cluster = synthesised.only("AWS::RDS::DBCluster");
        assertThat(cluster.path("DeletionPolicy").asText()).isEqualTo("Delete");
        assertThat(cluster.path("Properties").path("DeletionProtection").asBoolean(true))
                .isFalse();
        assertThat(cluster.path("Properties").path("BackupRetentionPeriod").asInt())
                .isEqualTo(1);
        assertThat(cluster.path("Properties").path("ServerlessV2ScalingConfiguration"))
                .hasToString("{\"MaxCapacity\":4,\"MinCapacity\":0,\"SecondsUntilAutoPause\":300}");
        assertThat(synthesised.idsOf("AWS::RDS::DBInstance")).hasSize(1);
        assertThat(synthesised.only("AWS::KMS::Key").path("DeletionPolicy").asText())
                .isEqualTo("Delete");
    }

    @Test
    void productionIsProtectedAndLeavesASnapshotWithItsKey() {
        SynthesisedStack synthesised = synthesise(props(DeploymentStage.PRODUCTION));

        JsonNode cluster = synthesised.only("AWS::RDS::DBCluster");
        assertThat(cluster.path("DeletionPolicy").asText()).isEqualTo("Snapshot");
        assertThat(cluster.path("Properties").path("DeletionProtection").asBoolean())
                .isTrue();
        assertThat(cluster.path("Properties").path("BackupRetentionPeriod").asInt())
                .isEqualTo(35);
        assertThat(synthesised.idsOf("AWS::RDS::DBInstance")).hasSize(2);
        assertThat(synthesised.only("AWS::KMS::Key").path("DeletionPolicy").asText())
                .isEqualTo("Retain");
    }

    @Test
    void tlsIsForcedIamIsOnAndEverythingIsEncryptedWithARotatedKey() {
        SynthesisedStack synthesised = synthesise(props(DeploymentStage.DEVELOPMENT));

        JsonNode cluster = synthesised.only("AWS::RDS::DBCluster").path("Properties");
        assertThat(synthesised
                        .only("AWS::RDS::DBClusterParameterGroup")
                        .path("Properties")
                        .path("Parameters"))
                .hasToString("{\"rds.force_ssl\":\"1\"}");
        assertThat(cluster.path("EnableIAMDatabaseAuthentication").asBoolean()).isTrue();
        assertThat(cluster.path("StorageEncrypted").asBoolean()).isTrue();
        assertThat(cluster.path("KmsKeyId"))
                .isEqualTo(cluster.path("MasterUserSecret").path("KmsKeyId"))
                .isEqualTo(cluster.path("PerformanceInsightsKmsKeyId"));
        assertThat(synthesised
                        .only("AWS::KMS::Key")
                        .path("Properties")
                        .path("EnableKeyRotation")
                        .asBoolean())
                .isTrue();
        assertThat(cluster.path("EnableCloudwatchLogsExports")).hasToString("[\"postgresql\"]");
    }

    @Test
    void secretIsManagedAndRotatedByRdsUnlessItIsSwitchedOff() {
        assertThat(synthesise(props(DeploymentStage.PRODUCTION)).idsOf("AWS::SecretsManager::Secret"))
                .isEmpty();

        open();
        SynthesisedStack unrotated =
                synthesise(props(DeploymentStage.PRODUCTION).secretRotation(false));
        assertThat(unrotated.idsOf("AWS::SecretsManager::Secret")).hasSize(1);
        assertThat(unrotated.only("AWS::RDS::DBCluster").path("Properties").has("ManageMasterUserPassword"))
                .isFalse();
    }

    @Test
    void parametersHoldTheArnsUnderServiceAndStage() {
        SynthesisedStack synthesised = synthesise(props(DeploymentStage.PRODUCTION));

        assertThat(synthesised.all("AWS::SSM::Parameter"))
                .extracting(
                        parameter -> parameter.path("Properties").path("Name").asText())
                .containsExactlyInAnyOrder(
                        "/shop/production/database/cluster-arn", "/shop/production/database/secret-arn");
    }

    @Test
    void parametersOfASecondDatabaseCanBeElsewhere() {
        assertThat(synthesise(props(DeploymentStage.DEVELOPMENT).parameterPath("/shop/branch-42/orders"))
                        .all("AWS::SSM::Parameter"))
                .extracting(
                        parameter -> parameter.path("Properties").path("Name").asText())
                .containsExactlyInAnyOrder("/shop/branch-42/orders/cluster-arn", "/shop/branch-42/orders/secret-arn");
    }

    @Test
    void proxiesOfTwoStacksHaveTwoNamesWithoutAnyFeatureFlag() {
        App plain = new App(
                AppProps.builder().outdir(folder.resolve("plain").toString()).build());
        for (String name : List.of("One", "Two")) {
            Stack each = new Stack(plain, name);
            new AuroraDatabase(
                    each,
                    "Database",
                    AuroraDatabaseProps.builder(
                                    new IsolatedNetwork(each, "Network").vpc(),
                                    DeploymentStage.PRODUCTION,
                                    "shop",
                                    "shop")
                            .proxy(true)
                            .build());
        }
        plain.synth();

        assertThat(List.of("One", "Two"))
                .extracting(name -> SynthesisedStack.of(folder.resolve("plain"), name)
                        .only("AWS::RDS::DBProxy")
                        .path("Properties")
                        .path("DBProxyName")
                        .asText())
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("(One|Two)-.+"));
    }

    @Test
    void dataApiIsASwitch() {
        assertThat(synthesise(props(DeploymentStage.DEVELOPMENT).dataApi(true))
                        .only("AWS::RDS::DBCluster")
                        .path("Properties")
                        .path("EnableHttpEndpoint")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void logOfRefusedTokensCanBeExported() {
        assertThat(synthesise(props(DeploymentStage.DEVELOPMENT).iamErrorLog(true))
                        .only("AWS::RDS::DBCluster")
                        .path("Properties")
                        .path("EnableCloudwatchLogsExports"))
                .hasToString("[\"postgresql\",\"iam-db-auth-error\"]");
    }

    @Test
    void connectIsGrantedToTheClusterForOneUser() {
        AuroraDatabase database = database(props(DeploymentStage.DEVELOPMENT));
        database.grantConnect(role(), "shop_app");

        assertThat(synthesise().statements("Application")).singleElement().satisfies(statement -> {
            assertThat(statement.path("Action").asText()).isEqualTo("rds-db:connect");
            assertThat(statement.path("Resource").toString())
                    .contains("DBClusterResourceId")
                    .contains("/shop_app\"");
        });
    }

    @Test
    void proxyTakesIamOnBothSidesAndIsOpenedInsteadOfTheCluster() {
        AuroraDatabase database = database(props(DeploymentStage.PRODUCTION).proxy(true));
        database.grantConnect(role(), "shop_app");

        SynthesisedStack synthesised = synthesise();
        JsonNode proxy = synthesised.only("AWS::RDS::DBProxy").path("Properties");
        assertThat(proxy.path("DefaultAuthScheme").asText()).isEqualTo("IAM_AUTH");
        assertThat(proxy.path("RequireTLS").asBoolean()).isTrue();
        assertThat(proxy.has("Auth")).isFalse();
        assertThat(synthesised.statements("Application"))
                .singleElement()
                .satisfies(statement -> assertThat(statement.path("Resource").toString())
                        .contains("DBProxyArn")
                        .contains("/shop_app\""));
        assertThat(synthesised.statements("DatabaseProxy"))
                .singleElement()
                .satisfies(statement -> assertThat(statement.path("Resource").toString())
                        .contains("DBClusterResourceId")
                        .contains("/shop_app\""));
        assertThat(stack.resolve(database.applicationHost())).asString().contains("Proxy");
    }

    @Test
    void valueOutOfRangeIsRefusedByName() {
        refused(
                props(DeploymentStage.DEVELOPMENT).minCapacity(0.25),
                "'minCapacity' must be 0, or 0.5 and more, got 0.25");
        refused(props(DeploymentStage.DEVELOPMENT).maxCapacity(300), "'maxCapacity' must be 1.0 to 256.0, got 300.0");
        refused(
                props(DeploymentStage.DEVELOPMENT).autoPause(Duration.minutes(1)),
                "'autoPause' must be 300 to 86400 s, got 60 s");
        refused(props(DeploymentStage.DEVELOPMENT).readers(16), "'readers' must be 0 to 15, got 16");
        refused(
                props(DeploymentStage.DEVELOPMENT).proxy(true),
                "'proxy' keeps connections open, so the cluster would never pause. Set 'minCapacity' to 0.5 or more");
        refused(
                props(DeploymentStage.DEVELOPMENT).parameterPath("/aws/shop"),
                "'parameterPath' must be parts of letters, digits, '_', '.' and '-' behind a '/' each, and must not begin with 'aws' or 'ssm', got '/aws/shop'");
        refused(
                AuroraDatabaseProps.builder(network.vpc(), DeploymentStage.DEVELOPMENT, "my shop", "shop"),
                "'serviceName' must be letters, digits, '_', '.' and '-', got 'my shop'");
        for (String name : List.of("", "1shop", "my shop", "a".repeat(64))) {
            refused(
                    AuroraDatabaseProps.builder(network.vpc(), DeploymentStage.DEVELOPMENT, "shop", name),
                    "'databaseName' must be 1 to 63 letters, digits and '_', and begin with a letter, got '%s'"
                            .formatted(name));
        }
    }

    private static void refused(AuroraDatabaseProps.Builder builder, String message) {
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
    }

    private AuroraDatabaseProps.Builder props(DeploymentStage stage) {
        return AuroraDatabaseProps.builder(network.vpc(), stage, "shop", "shop");
    }

    private AuroraDatabase database(AuroraDatabaseProps.Builder props) {
        return new AuroraDatabase(stack, "Database", props.build());
    }

    private Role role() {
        return Role.Builder.create(stack, "Application")
                .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
                .build();
    }

    private SynthesisedStack synthesise(AuroraDatabaseProps.Builder props) {
        database(props);
        return synthesise();
    }

    private SynthesisedStack synthesise() {
        app.synth();
        return SynthesisedStack.of(Path.of(app.getOutdir()), "Stack");
    }
}
