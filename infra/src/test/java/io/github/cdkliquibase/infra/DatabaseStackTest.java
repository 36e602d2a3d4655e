package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.lambda.MigrationHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseStackTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

    private static final Map<String, String> MIGRATION_FUNCTION = Map.of("Runtime", "java21");

    @TempDir
    private static Path folder;

    private static Inputs inputs;
    private static SynthesisedStack stack;

    @BeforeAll
    static void synthesise() throws IOException {
        inputs = Inputs.writeTo(folder);
        stack = inputs.synthesise(NOW);
    }

    @Test
    void templateIsTheApprovedOne() throws IOException {
        ApprovedTemplate.named("database-stack").matches(stack.template());
    }

    @Test
    void sameInputsGiveTheSameTemplate() {
        assertThat(inputs.synthesise(NOW).template()).isEqualTo(stack.template());
    }

    @Test
    void networkHasNoWayToTheInternet() {
        assertThat(stack.idsOf("AWS::EC2::VPC")).hasSize(1);
        assertThat(stack.idsOf("AWS::EC2::NatGateway")).isEmpty();
        assertThat(stack.idsOf("AWS::EC2::InternetGateway")).isEmpty();
        assertThat(stack.idsOf("AWS::EC2::Route")).isEmpty();
    }

    @Test
    void customResourceWaitsForTheWriterAndTheWayToIt() {
        List<String> awaited = stack.only("Custom::DatabaseMigration")
                .path("DependsOn")
                .valueStream()
                .map(JsonNode::asText)
                .toList();

        assertThat(stack.idsOf("AWS::RDS::DBInstance")).hasSize(1).isSubsetOf(awaited);
        assertThat(stack.idsOf("AWS::EC2::VPCEndpoint")).hasSize(1).isSubsetOf(awaited);
        assertThat(stack.idsOf("AWS::EC2::SecurityGroupIngress")).hasSize(2).isSubsetOf(awaited);
    }

    @Test
    void deployedAtComesFromTheClock() {
        assertThat(migrationProperty(stack, "DeployedAt")).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(migrationProperty(inputs.synthesise(NOW.plusSeconds(1)), "DeployedAt"))
                .isEqualTo("2026-01-02T03:04:06.678Z");
    }

    @Test
    void handlerIsTheDoorBehindAProvider() {
        assertThat(migrationFunction(stack).path("Handler").asText())
                .isEqualTo(MigrationHandler.class.getName() + "::onEvent");
        assertThat(MigrationHandler.class).isPublic().hasPublicMethods("onEvent");
    }

    @Test
    void customResourceCallsTheProviderAndTheProviderTheMigrationFunction() {
        String provider = stack.only("Custom::DatabaseMigration")
                .path("Properties")
                .path("ServiceToken")
                .path("Fn::GetAtt")
                .path(0)
                .asText();
        JsonNode called = stack.template()
                .path("Resources")
                .path(provider)
                .path("Properties")
                .path("Environment")
                .path("Variables");

        assertThat(called.propertyStream().map(Map.Entry::getKey)).containsExactly("USER_ON_EVENT_FUNCTION_ARN");
        assertThat(called.path("USER_ON_EVENT_FUNCTION_ARN")
                        .path("Fn::GetAtt")
                        .path(0)
                        .asText())
                .isEqualTo(stack.idOf("AWS::Lambda::Function", MIGRATION_FUNCTION));
    }

    @Test
    void failedInvocationIsNotRepeated() {
        JsonNode asynchronous = stack.only("AWS::Lambda::EventInvokeConfig").path("Properties");

        assertThat(asynchronous.path("MaximumRetryAttempts").asInt(-1)).isZero();
        assertThat(asynchronous.path("FunctionName").path("Ref").asText())
                .isEqualTo(stack.idOf("AWS::Lambda::Function", MIGRATION_FUNCTION));
    }

    @Test
    void layerHoldsTheChangelogUnderItsOwnName() throws IOException {
        Path layer = stack.assetOf(changelogLayer(stack).path("Content"));

        try (Stream<Path> files = Files.walk(layer)) {
            assertThat(files.filter(Files::isRegularFile).map(layer::relativize))
                    .containsExactlyInAnyOrder(
                            Path.of("changelog/db/changelog/db.changelog-master.yaml"),
                            Path.of("changelog/db/changelog/changes/0001.sql"));
        }
        assertThat(layer.resolve("changelog/db/changelog/changes/0001.sql"))
                .hasSameTextualContentAs(inputs.changelog().resolve("db/changelog/changes/0001.sql"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void layerCanBeReadByEverybodyWhateverTheSourceAllows(@TempDir Path other) throws IOException {
        Inputs closed = Inputs.writeTo(other);
        Path change = Path.of("db/changelog/changes/0001.sql");
        Files.setPosixFilePermissions(closed.changelog().resolve(change), PosixFilePermissions.fromString("rw-------"));

        SynthesisedStack synthesised = closed.synthesise(NOW);

        Path layer = synthesised.assetOf(changelogLayer(synthesised).path("Content"));
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(layer.resolve("changelog").resolve(change))))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void changedChangelogChangesTheHashAndTheLayerButNotTheCode(@TempDir Path other) throws IOException {
        Inputs changed = Inputs.writeTo(other);
        Files.writeString(changed.changelog().resolve("db/changelog/changes/0001.sql"), "-- another\n");

        SynthesisedStack synthesised = changed.synthesise(NOW);

        assertThat(migrationProperty(synthesised, "ChangelogHash"))
                .isNotEqualTo(migrationProperty(stack, "ChangelogHash"));
        assertThat(changelogLayer(synthesised)).isNotEqualTo(changelogLayer(stack));
        assertThat(migrationFunction(synthesised)).isEqualTo(migrationFunction(stack));
    }

    private static String migrationProperty(SynthesisedStack stack, String name) {
        return stack.only("Custom::DatabaseMigration")
                .path("Properties")
                .path(name)
                .asText();
    }

    private static JsonNode changelogLayer(SynthesisedStack stack) {
        return stack.only("AWS::Lambda::LayerVersion").path("Properties");
    }

    private static JsonNode migrationFunction(SynthesisedStack stack) {
        return stack.only("AWS::Lambda::Function", MIGRATION_FUNCTION).path("Properties");
    }
}
