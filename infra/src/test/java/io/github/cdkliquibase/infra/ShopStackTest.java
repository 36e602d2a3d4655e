package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.constructs.synthesis.DependencyGraph;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import io.github.cdkliquibase.constructs.synthesis.Wire;
import io.github.cdkliquibase.lambda.MigrationHandler;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class ShopStackTest {

    private static final Map<String, String> MIGRATION_FUNCTION = Map.of(
            "Runtime", "java21", "Description", "Runs a Liquibase changelog as a CloudFormation custom resource");

    private static final Map<String, String> APPLICATION_FUNCTION =
            Map.of("Description", "Reads the countries of the shop");

    @TempDir
    private static Path folder;

    private static Inputs inputs;
    private static SynthesisedStack stack;
    private static SynthesisedStack direct;

    @BeforeAll
    static void synthesise() {
        inputs = Inputs.writeTo(folder);
        stack = SampleStacks.shop(inputs);
        direct = SampleStacks.synthesise(inputs, Inputs.NOW, Map.of("protocol", "direct"), "Shop-development");
    }

    @Test
    void sameInputsGiveTheSameTemplate() {
        assertThat(SampleStacks.shop(inputs).template()).isEqualTo(stack.template());
    }

    @Test
    void networkHasNoWayToTheInternet() {
        assertThat(stack.idsOf("AWS::EC2::VPC")).hasSize(1);
        assertThat(stack.idsOf("AWS::EC2::NatGateway")).isEmpty();
        assertThat(stack.idsOf("AWS::EC2::InternetGateway")).isEmpty();
        assertThat(stack.idsOf("AWS::EC2::Route")).isEmpty();
        assertThat(stack.all("AWS::EC2::Subnet"))
                .hasSize(2)
                .allSatisfy(subnet -> assertThat(subnet.path("Properties")
                                .path("MapPublicIpOnLaunch")
                                .asBoolean(true))
                        .isFalse());
    }

    @Test
    void endpointsAreThoseThatTheProtocolNeeds() {
        assertThat(stack.all("AWS::EC2::VPCEndpoint"))
                .extracting(endpoint ->
                        endpoint.path("Properties").path("ServiceName").toString())
                .singleElement()
                .asString()
                .contains("secretsmanager");
        assertThat(direct.all("AWS::EC2::VPCEndpoint"))
                .extracting(endpoint ->
                        endpoint.path("Properties").path("VpcEndpointType").asText())
                .containsExactlyInAnyOrder("Interface", "Gateway");
    }

    @Test
    void customResourceWaitsForTheWriterAndTheWayToIt() {
        Set<String> awaited = stack.awaitedByTheMigration();

        assertThat(stack.idsOf("AWS::RDS::DBInstance")).hasSize(1).isSubsetOf(awaited);
        assertThat(stack.idsOf("AWS::EC2::VPCEndpoint")).hasSize(1).isSubsetOf(awaited);
        assertThat(awaited)
                .filteredOn(id -> List.of("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
                        .contains(stack.resource(id).path("Type").asText()))
                .as("of both functions to the database, of that of the roles to the endpoint, in and out")
                .hasSize(6);
        assertThat(stack.idsOf("AWS::IAM::Policy").stream()
                        .filter(id -> id.startsWith("Migration") || id.startsWith("Roles")))
                .hasSize(6)
                .isSubsetOf(awaited);
        assertThat(direct.awaitedByTheMigration())
                .containsAll(direct.idsOf("AWS::EC2::VPCEndpoint"))
                .containsAll(direct.idsOf("AWS::RDS::DBInstance"));
    }

    // CloudFormation's express mode calls the resources before the writer is there, which can take ten minutes more.
    @Test
    void rolesMigrationAndProbeWaitLongEnoughForAWriterOfTheExpressMode() {
        assertThat(Stream.of("Custom::DatabaseRoles", "Custom::DatabaseMigration")
                        .flatMap(type -> stack.all(type).stream()))
                .hasSize(3)
                .allSatisfy(resource -> assertThat(resource.path("Properties")
                                .path("ConnectTimeout")
                                .asText())
                        .isEqualTo("PT12M"));
    }

    @Test
    void applicationWaitsForTheMigrationAndTheMigrationNotForTheApplication() {
        String migration = stack.idOf("Custom::DatabaseMigration", Map.of());
        String application = stack.idOf("AWS::Lambda::Function", APPLICATION_FUNCTION);
        String probe = stack.idOf("Custom::DatabaseRoles", Map.of("Action", "PROBE"));
        String roles = stack.idOf("Custom::DatabaseRoles", Map.of("Action", "RECONCILE"));
        DependencyGraph graph = DependencyGraph.of(stack.template());

        assertThat(graph.awaitedBy(application)).contains(probe);
        assertThat(graph.awaitedBy(probe)).contains(migration);
        assertThat(graph.awaitedBy(migration)).contains(roles);
        assertThat(stack.awaitedByTheMigration()).noneMatch(id -> id.startsWith("Application"));
    }

    @Test
    void deployedAtComesFromTheClock() {
        assertThat(stack.migrationProperty("DeployedAt")).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(SampleStacks.shop(inputs, Inputs.NOW.plusSeconds(1)).migrationProperty("DeployedAt"))
                .isEqualTo("2026-01-02T03:04:06.678Z");
    }

    @Test
    void handlerIsThatOfTheProtocol() {
        assertThat(migrationFunction(stack).path("Handler").asText())
                .isEqualTo(MigrationHandler.class.getName() + "::onEvent");
        assertThat(migrationFunction(direct).path("Handler").asText())
                .isEqualTo(MigrationHandler.class.getName() + "::handleRequest");
    }

    @Test
    void functionReadsThePropertiesOfTheMigration() {
        MigrationRequest request = MigrationRequest.from(
                Wire.asSent(stack.only("Custom::DatabaseMigration").path("Properties")), Path.of("changelogs"));

        assertThat(request.changelog().file()).isEqualTo("db/changelog/db.changelog-master.yaml");
        assertThat(request.database().databaseName()).isEqualTo("shop");
    }

    @Test
    void customResourceCallsTheProviderAndTheProviderTheMigrationFunction() {
        JsonNode called = stack.resource(serviceToken(stack))
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
    void customResourceOfTheDirectProtocolCallsTheMigrationFunction() {
        assertThat(serviceToken(direct)).isEqualTo(direct.idOf("AWS::Lambda::Function", MIGRATION_FUNCTION));
        assertThat(direct.all("AWS::Lambda::Function"))
                .noneMatch(function ->
                        function.path("Properties").path("Handler").asText().startsWith("framework"));
    }

    @Test
    void cloudFormationWaitsALittleLongerThanARunCanTake() {
        assertThat(stack.migrationProperty("ServiceTimeout")).isEqualTo("960");
        assertThat(migrationFunction(stack).path("Timeout").asInt()).isEqualTo(840);
        assertThat(direct.migrationProperty("ServiceTimeout")).isEqualTo("1020");
        assertThat(migrationFunction(direct).path("Timeout").asInt()).isEqualTo(900);
    }

    @Test
    void functionHasOneLogGroupWithTheNameThatTheProviderPointsTo() {
        String function = stack.idOf("AWS::Lambda::Function", MIGRATION_FUNCTION);

        assertThat(stack.all("AWS::Logs::LogGroup"))
                .filteredOn(group -> group.path("Properties")
                        .path("LogGroupName")
                        .toString()
                        .equals("{\"Fn::Join\":[\"\",[\"/aws/lambda/\",{\"Ref\":\"%s\"}]]}".formatted(function)))
                .singleElement()
                .satisfies(group -> assertThat(
                                group.path("Properties").path("RetentionInDays").asInt())
                        .isEqualTo(90));
    }

    /** CDK's command line shows the log group of the function that the service token leads to. */
    @Test
    void functionOfTheProviderWritesIntoTheLogGroupOfTheMigrationFunction() {
        JsonNode framework = stack.resource(serviceToken(stack)).path("Properties");

        String group =
                framework.path("LoggingConfig").path("LogGroup").path("Ref").asText();
        assertThat(stack.resource(group).path("Properties").path("LogGroupName"))
                .hasToString("{\"Fn::Join\":[\"\",[\"/aws/lambda/\",{\"Ref\":\"%s\"}]]}"
                        .formatted(stack.idOf("AWS::Lambda::Function", MIGRATION_FUNCTION)));
        assertThat(stack.statements("MigrationProvider"))
                .filteredOn(statement -> statement.path("Action").toString().contains("logs:"))
                .singleElement()
                .satisfies(statement -> assertThat(statement.path("Resource"))
                        .hasToString("{\"Fn::GetAtt\":[\"%s\",\"Arn\"]}".formatted(group)));
        assertThat(stack.idsOf("AWS::Logs::LogGroup")).noneMatch(id -> id.contains("Provider"));
    }

    @Test
    void failedInvocationOfAFunctionIsNotRepeated() {
        assertThat(stack.all("AWS::Lambda::EventInvokeConfig"))
                .filteredOn(asynchronous -> !isFramework(stack, asynchronous))
                .hasSize(2)
                .allSatisfy(asynchronous -> assertThat(asynchronous
                                .path("Properties")
                                .path("MaximumRetryAttempts")
                                .asInt(-1))
                        .isZero())
                .extracting(ShopStackTest::invoked)
                .contains(stack.idOf("AWS::Lambda::Function", MIGRATION_FUNCTION));
    }

    @Test
    void eventThatCloudFormationHasGivenUpInvokesNoFunction() {
        assertThat(stack.all("AWS::Lambda::EventInvokeConfig"))
                .hasSize(4)
                .allSatisfy(asynchronous -> assertThat(asynchronous
                                .path("Properties")
                                .path("MaximumEventAgeInSeconds")
                                .asText())
                        .isEqualTo(stack.migrationProperty("ServiceTimeout")));
        assertThat(stack.all("AWS::Lambda::EventInvokeConfig"))
                .extracting(ShopStackTest::invoked)
                .contains(serviceToken(stack));
        assertThat(direct.all("AWS::Lambda::EventInvokeConfig"))
                .hasSize(2)
                .allSatisfy(asynchronous -> assertThat(asynchronous
                                .path("Properties")
                                .path("MaximumEventAgeInSeconds")
                                .asText())
                        .isEqualTo(direct.migrationProperty("ServiceTimeout")))
                .extracting(ShopStackTest::invoked)
                .contains(serviceToken(direct));
    }

    private static boolean isFramework(SynthesisedStack from, JsonNode asynchronous) {
        return from.resource(invoked(asynchronous))
                .path("Properties")
                .path("Handler")
                .asText()
                .startsWith("framework");
    }

    private static String invoked(JsonNode asynchronous) {
        return asynchronous.path("Properties").path("FunctionName").path("Ref").asText();
    }

    @Test
    void rolesOfTheFunctionsNameWhatTheyAllowButForNetworkInterfaces() {
        onlyNetworkInterfacesAreAllowedWithAWildcard("Migration");
        onlyNetworkInterfacesAreAllowedWithAWildcard("Roles");
    }

    private static void onlyNetworkInterfacesAreAllowedWithAWildcard(String prefix) {
        assertThat(stack.statements(prefix))
                .filteredOn(statement -> statement.path("Effect").asText().equals("Allow"))
                .filteredOn(statement -> statement.path("Resource").toString().contains("*"))
                .extracting(statement -> statement.path("Action").toString())
                .containsExactlyInAnyOrder(
                        "[\"ec2:AssignPrivateIpAddresses\",\"ec2:CreateNetworkInterface\",\"ec2:DeleteNetworkInterface\",\"ec2:UnassignPrivateIpAddresses\"]",
                        "[\"ec2:DescribeNetworkInterfaces\",\"ec2:DescribeSubnets\"]");
    }

    /** Lambda makes them in the function's name, without the function's ARN in the request. */
    @Test
    void codeOfAFunctionCanDoNothingWithNetworkInterfaces() {
        for (String prefix : List.of("Migration", "Roles")) {
            Set<String> allowed = stack.statements(prefix).stream()
                    .filter(statement -> statement.path("Effect").asText().equals("Allow"))
                    .flatMap(statement -> statement.path("Action").valueStream())
                    .map(JsonNode::asText)
                    .filter(action -> action.startsWith("ec2:"))
                    .collect(Collectors.toSet());
            String function = stack.idsOf("AWS::Lambda::Function").stream()
                    .filter(id -> id.startsWith(prefix + "Function"))
                    .findFirst()
                    .orElseThrow();

            assertThat(allowed).hasSize(6);
            assertThat(stack.statements(prefix))
                    .filteredOn(statement -> statement.path("Effect").asText().equals("Deny"))
                    .singleElement()
                    .satisfies(statement -> {
                        assertThat(statement.path("Action").valueStream().map(JsonNode::asText))
                                .containsAll(allowed);
                        assertThat(statement.path("Resource").asText()).isEqualTo("*");
                        assertThat(statement.path("Condition"))
                                .hasToString(
                                        "{\"ArnEquals\":{\"lambda:SourceFunctionArn\":{\"Fn::GetAtt\":[\"%s\",\"Arn\"]}}}"
                                                .formatted(function));
                    });
        }
        assertThat(DependencyGraph.of(stack.template()).circle()).isEmpty();
    }

    @Test
    void onlyTheFunctionThatRunsNoChangelogReadsTheAdministratorsSecret() {
        assertThat(stack.statements("Roles"))
                .filteredOn(statement -> statement.path("Action").toString().contains("secretsmanager"))
                .singleElement()
                .satisfies(statement -> assertThat(statement.path("Resource").toString())
                        .isEqualTo("{\"Fn::GetAtt\":[\"%s\",\"MasterUserSecret.SecretArn\"]}"
                                .formatted(stack.idOf("AWS::RDS::DBCluster", Map.of()))));
        assertThat(stack.statements("Migration"))
                .noneMatch(statement -> statement.path("Action").toString().contains("secretsmanager"));
        assertThat(stack.statements("Migration"))
                .filteredOn(statement -> statement.path("Action").asText().equals("rds-db:connect"))
                .singleElement()
                .satisfies(statement -> assertThat(statement.path("Resource").toString())
                        .contains("DBClusterResourceId")
                        .contains("/shop_owner\""));
    }

    @Test
    void noSecretIsInTheTemplateAndNoneInTheEnvironmentOfAFunction() {
        // A dynamic reference in a property would arrive in the event as what it stands for.
        assertThat(stack.template().toString()).doesNotContain("{{resolve:");
        assertThat(stack.all("AWS::Lambda::Function"))
                .extracting(function -> function.path("Properties")
                        .path("Environment")
                        .path("Variables")
                        .propertyStream()
                        .map(Map.Entry::getKey)
                        .toList())
                .containsOnly(
                        List.of(),
                        List.of("LC_ALL"),
                        List.of("USER_ON_EVENT_FUNCTION_ARN"),
                        List.of("DATABASE_HOST", "DATABASE_NAME", "DATABASE_PORT", "DATABASE_USER"));
    }

    @Test
    void applicationMayConnectAsItsOwnUserAndReadsNoSecret() {
        assertThat(stack.statements("Application"))
                .filteredOn(statement -> statement.path("Action").asText().equals("rds-db:connect"))
                .singleElement()
                .satisfies(statement ->
                        assertThat(statement.path("Resource").toString()).contains("/shop_app\""));
        assertThat(stack.statements("Application"))
                .noneMatch(statement -> statement.path("Action").toString().contains("secretsmanager"));
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

        SynthesisedStack synthesised = SampleStacks.shop(closed);

        Path layer = synthesised.assetOf(changelogLayer(synthesised).path("Content"));
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(layer.resolve("changelog").resolve(change))))
                .isEqualTo("rw-r--r--");
    }

    @Test
    void changedChangelogChangesTheHashAndTheLayerButNotTheCode(@TempDir Path other) throws IOException {
        Inputs changed = Inputs.writeTo(other);
        Files.writeString(changed.changelog().resolve("db/changelog/changes/0001.sql"), "-- another\n");

        SynthesisedStack synthesised = SampleStacks.shop(changed);

        assertThat(synthesised.migrationProperty("ChangelogHash"))
                .isNotEqualTo(stack.migrationProperty("ChangelogHash"));
        assertThat(changelogLayer(synthesised).path("Content"))
                .isNotEqualTo(changelogLayer(stack).path("Content"));
        assertThat(migrationFunction(synthesised).path("Code"))
                .isEqualTo(migrationFunction(stack).path("Code"));
    }

    @Test
    void changedClassChangesTheCodeButNotTheLayer(@TempDir Path other) {
        Inputs changed = Inputs.writeTo(other);
        Inputs.zip(changed.migrationLambda(), "another class");

        SynthesisedStack synthesised = SampleStacks.shop(changed);

        assertThat(migrationFunction(synthesised).path("Code"))
                .isNotEqualTo(migrationFunction(stack).path("Code"));
        assertThat(changelogLayer(synthesised)).isEqualTo(changelogLayer(stack));
        assertThat(synthesised.migrationProperty("ChangelogHash")).isEqualTo(stack.migrationProperty("ChangelogHash"));
    }

    private static String serviceToken(SynthesisedStack from) {
        return from.only("Custom::DatabaseMigration")
                .path("Properties")
                .path("ServiceToken")
                .path("Fn::GetAtt")
                .path(0)
                .asText();
    }

    private static JsonNode changelogLayer(SynthesisedStack from) {
        return from.only("AWS::Lambda::LayerVersion").path("Properties");
    }

    private static JsonNode migrationFunction(SynthesisedStack from) {
        return from.only("AWS::Lambda::Function", MIGRATION_FUNCTION).path("Properties");
    }
}
