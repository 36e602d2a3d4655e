package io.github.cdkliquibase.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.constructs.database.AuroraDatabase;
import io.github.cdkliquibase.constructs.database.AuroraDatabaseProps;
import io.github.cdkliquibase.constructs.database.DeploymentStage;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.migration.DatabaseRoles;
import io.github.cdkliquibase.constructs.migration.DatabaseRolesProps;
import io.github.cdkliquibase.constructs.migration.DatabaseTarget;
import io.github.cdkliquibase.constructs.migration.Protocol;
import io.github.cdkliquibase.constructs.migration.SslMode;
import io.github.cdkliquibase.constructs.network.IsolatedNetwork;
import io.github.cdkliquibase.constructs.synthesis.DependencyGraph;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.CreateAlarmOptions;
import software.amazon.awscdk.services.ec2.InstanceClass;
import software.amazon.awscdk.services.ec2.InstanceSize;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.logs.FilterPattern;
import software.amazon.awscdk.services.logs.MetricFilterOptions;
import software.amazon.awscdk.services.rds.AuroraPostgresClusterEngineProps;
import software.amazon.awscdk.services.rds.AuroraPostgresEngineVersion;
import software.amazon.awscdk.services.rds.ClusterInstance;
import software.amazon.awscdk.services.rds.DatabaseCluster;
import software.amazon.awscdk.services.rds.DatabaseClusterAttributes;
import software.amazon.awscdk.services.rds.DatabaseClusterEngine;
import software.amazon.awscdk.services.rds.DatabaseInstance;
import software.amazon.awscdk.services.rds.DatabaseInstanceEngine;
import software.amazon.awscdk.services.rds.IDatabaseCluster;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.sqs.Queue;

/** A migration in a stack that brings its own VPC, database and secret. */
final class ExistingResourcesTest {

    @TempDir
    private Path folder;

    private Inputs inputs;
    private App app;
    private Stack stack;
    private Vpc vpc;
    private ISecret secret;

    @BeforeEach
    void open() {
        inputs = Inputs.writeTo(folder);
        app = inputs.app(Map.of());
        stack = new Stack(app, "Existing");
        vpc = new Vpc(stack, "Vpc");
        secret = new Secret(stack, "Secret");
    }

    @Test
    void importedClusterIsOpenedByARuleOfTheMigration() {
        migrate(props().cluster(importedCluster()).secret(secret).vpc(vpc));

        SynthesisedStack synthesised = synthesise();
        String rule = synthesised.idOf("AWS::EC2::SecurityGroupIngress", Map.of("GroupId", "sg-12345678"));
        assertThat(synthesised.awaitedByTheMigration()).contains(rule);
        assertThat(synthesised.migrationProperty("Host")).isEqualTo("shop.cluster-abc.eu-central-1.rds.amazonaws.com");
        assertThat(synthesised.migrationProperty("Port")).isEqualTo("5432");
    }

    @Test
    void importedClusterIsConnectedToWithIamAsOneUser() {
        migrate(props().cluster(importedCluster())
                .iamUsername("migrator")
                .databaseName("shop")
                .vpc(vpc));

        assertThat(synthesise().statements("Migration"))
                .filteredOn(statement -> statement.path("Action").asText().equals("rds-db:connect"))
                .singleElement()
                .satisfies(statement -> assertThat(statement.path("Resource").toString())
                        .contains(":dbuser:cluster-ABCDEFGHIJ/migrator"));
    }

    @Test
    void instanceIsWaitedFor() {
        DatabaseInstance instance = DatabaseInstance.Builder.create(stack, "Instance")
                .engine(DatabaseInstanceEngine.POSTGRES)
                .instanceType(InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM))
                .vpc(vpc)
                .build();
        migrate(props().instance(instance).secret(instance.getSecret()).vpc(vpc));

        SynthesisedStack synthesised = synthesise();
        assertThat(synthesised
                        .only("Custom::DatabaseMigration")
                        .path("DependsOn")
                        .valueStream()
                        .map(JsonNode::asText))
                .containsAll(synthesised.idsOf("AWS::RDS::DBInstance"));
    }

    @Test
    void applicationWithARuleOfItsOwnCanWaitForTheMigration() {
        DatabaseCluster cluster = cluster();
        DatabaseMigration migration =
                migrate(props().cluster(cluster).secret(cluster.getSecret()).vpc(vpc));
        SecurityGroup application =
                SecurityGroup.Builder.create(stack, "Application").vpc(vpc).build();
        cluster.getConnections().allowDefaultPortFrom(application);
        migration.executeBefore(application);

        assertThat(DependencyGraph.of(synthesise().template()).circle()).isEmpty();
    }

    @Test
    void clientsOfOneEndpointCanWaitForEachOther() {
        IsolatedNetwork network = new IsolatedNetwork(stack, "Network");
        DatabaseMigration first =
                migrate(props().cluster(importedCluster()).secret(secret).network(network));
        DatabaseMigration second = new DatabaseMigration(
                stack,
                "Second",
                props().cluster(importedCluster())
                        .secret(secret)
                        .network(network)
                        .build());
        first.executeBefore(second);
        SecurityGroup application = SecurityGroup.Builder.create(stack, "Application")
                .vpc(network.vpc())
                .build();
        network.secretsManager().getConnections().allowDefaultPortFrom(application);
        second.executeBefore(application);

        assertThat(DependencyGraph.of(synthesise().template()).circle()).isEmpty();
    }

    @Test
    void migrationsWithOneSecurityGroupBothWaitForItsRule() {
        SecurityGroup shared = SecurityGroup.Builder.create(stack, "Shared")
                .vpc(vpc)
                .allowAllOutbound(false)
                .build();
        IDatabaseCluster cluster = importedCluster();
        migrate(props().cluster(cluster).secret(secret).vpc(vpc).securityGroups(shared));
        new DatabaseMigration(
                stack,
                "Second",
                props().cluster(cluster)
                        .secret(secret)
                        .vpc(vpc)
                        .securityGroups(shared)
                        .build());

        SynthesisedStack synthesised = synthesise();
        String rule = synthesised.idOf("AWS::EC2::SecurityGroupIngress", Map.of("GroupId", "sg-12345678"));
        DependencyGraph graph = DependencyGraph.of(synthesised.template());
        assertThat(synthesised.idsOf("Custom::DatabaseMigration"))
                .hasSize(2)
                .allSatisfy(id -> assertThat(graph.awaitedBy(id)).contains(rule));
        assertThat(synthesised.template().toString())
                .contains("\"CidrIp\":\"0.0.0.0/0\",\"Description\":\"AWS services\",\"FromPort\":443");
    }

    @Test
    void subnetsAreThoseFromWhichTheFunctionReachesWhatItNeeds() {
        Vpc three = Vpc.Builder.create(stack, "Three")
                .subnetConfiguration(List.of(
                        subnets("public", SubnetType.PUBLIC),
                        subnets("app", SubnetType.PRIVATE_WITH_EGRESS),
                        subnets("db", SubnetType.PRIVATE_ISOLATED)))
                .build();
        migrate(props().cluster(importedCluster()).secret(secret).vpc(three));
        new DatabaseMigration(
                stack,
                "ByIam",
                props().cluster(importedCluster())
                        .iamUsername("migrator")
                        .databaseName("shop")
                        .vpc(three)
                        .build());

        SynthesisedStack synthesised = synthesise();
        assertThat(subnetsOf(synthesised, "MigrationFunction"))
                .contains("ThreeappSubnet")
                .doesNotContain("ThreedbSubnet");
        assertThat(subnetsOf(synthesised, "ByIamFunction"))
                .contains("ThreedbSubnet")
                .doesNotContain("ThreeappSubnet");
    }

    private static SubnetConfiguration subnets(String name, SubnetType type) {
        return SubnetConfiguration.builder().name(name).subnetType(type).build();
    }

    private static String subnetsOf(SynthesisedStack synthesised, String function) {
        return synthesised
                .resource(synthesised.idsOf("AWS::Lambda::Function").stream()
                        .filter(id -> id.startsWith(function))
                        .findFirst()
                        .orElseThrow())
                .path("Properties")
                .path("VpcConfig")
                .path("SubnetIds")
                .toString();
    }

    @Test
    void clusterWithoutIamAuthenticationIsRefusedWithIamUsername() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> migrate(props().cluster(cluster())
                        .iamUsername("migrator")
                        .databaseName("shop")
                        .vpc(vpc)))
                .withMessage(
                        "'iamUsername' needs a database with IAM authentication, and 'Existing/Cluster' has none. Set 'iamAuthentication(true)' on it");
    }

    @Test
    void instanceIsSwitchedToIamAuthenticationByTheGrant() {
        DatabaseInstance instance = DatabaseInstance.Builder.create(stack, "Instance")
                .engine(DatabaseInstanceEngine.POSTGRES)
                .instanceType(InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM))
                .vpc(vpc)
                .build();
        migrate(props().instance(instance)
                .iamUsername("migrator")
                .databaseName("shop")
                .vpc(vpc));

        assertThat(synthesise()
                        .only("AWS::RDS::DBInstance")
                        .path("Properties")
                        .path("EnableIAMDatabaseAuthentication")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void migrationOfAClusterInAnotherStackPutsNothingIntoThatStack() {
        DatabaseCluster cluster = cluster();
        Stack other = new Stack(app, "Other");
        new DatabaseMigration(
                other,
                "Migration",
                props().cluster(cluster).secret(cluster.getSecret()).vpc(vpc).build());

        assertThat(synthesise().idsOf("AWS::EC2::SecurityGroupIngress")).isEmpty();
        assertThat(SynthesisedStack.of(Path.of(app.getOutdir()), "Other").idsOf("AWS::EC2::SecurityGroupIngress"))
                .hasSize(1);
    }

    @Test
    void rolesAndMigrationOfADatabaseWithAKeyOfItsOwnInAnotherStackAreNoCircle() {
        IsolatedNetwork network = new IsolatedNetwork(stack, "Network");
        AuroraDatabase database = new AuroraDatabase(
                stack,
                "Database",
                AuroraDatabaseProps.builder(network.vpc(), DeploymentStage.DEVELOPMENT, "shop", "shop")
                        .build());
        Stack other = new Stack(app, "Other");
        DatabaseRoles roles = new DatabaseRoles(
                other,
                "Roles",
                DatabaseRolesProps.builder()
                        .network(network)
                        .cluster(database.cluster())
                        .secret(database.secret())
                        .databaseName("shop")
                        .protocol(Protocol.DIRECT)
                        .functionArchive(inputs.migrationLambda())
                        .build());
        new DatabaseMigration(
                other, "Migration", props().network(network).roles(roles).build());

        synthesise();
        SynthesisedStack synthesised = SynthesisedStack.of(Path.of(app.getOutdir()), "Other");
        assertThat(DependencyGraph.of(synthesised.template()).circle()).isEmpty();
        assertThat(synthesised.statements("Roles"))
                .filteredOn(statement -> statement.path("Action").asText().equals("kms:Decrypt"))
                .singleElement()
                .satisfies(statement ->
                        assertThat(statement.path("Condition").toString()).contains("secretsmanager."));
    }

    @Test
    void secretThatIsKnownByNameIsReadUnderItsWholeArn() {
        migrate(props().cluster(importedCluster())
                .secret(Secret.fromSecretNameV2(stack, "ByName", "shop/admin"))
                .vpc(vpc));

        assertThat(synthesise().statements("Migration"))
                .filteredOn(statement -> statement.path("Action").asText().equals("secretsmanager:GetSecretValue"))
                .singleElement()
                .satisfies(statement ->
                        assertThat(statement.path("Resource").toString()).contains("secret:shop/admin-??????"));
    }

    @Test
    void constructIsConnectableAndGrantable() {
        DatabaseMigration migration =
                migrate(props().cluster(importedCluster()).secret(secret).vpc(vpc));
        SecurityGroup cache =
                SecurityGroup.Builder.create(stack, "Cache").vpc(vpc).build();
        cache.getConnections().allowFrom(migration, Port.tcp(6379));
        new Queue(stack, "Queue").grantSendMessages(migration);

        SynthesisedStack synthesised = synthesise();
        assertThat(synthesised.idOf("AWS::EC2::SecurityGroupIngress", Map.of("FromPort", "6379")))
                .startsWith("Cache");
        assertThat(synthesised.statements("Migration"))
                .anyMatch(statement -> statement.path("Action").toString().contains("sqs:SendMessage"));
    }

    @Test
    void attributesAreTokensOfTheResource() {
        DatabaseMigration migration =
                migrate(props().cluster(importedCluster()).secret(secret).vpc(vpc));

        assertThat(List.of(
                        migration.appliedChangesets(),
                        migration.totalChangesets(),
                        migration.lastChangeset(),
                        migration.deploymentId(),
                        migration.elapsedMillis(),
                        migration.restorePoint(),
                        migration.unchanged(),
                        migration.stackRollback(),
                        migration.version()))
                .extracting(attribute -> String.valueOf(stack.resolve(attribute)))
                .allMatch(resolved -> resolved.startsWith("{Fn::GetAtt=[Migration"))
                .extracting(resolved -> resolved.replaceAll(".*, |\\]\\}", ""))
                .containsExactly(
                        "AppliedChangesets",
                        "TotalChangesets",
                        "LastChangeset",
                        "DeploymentId",
                        "ElapsedMillis",
                        "RestorePoint",
                        "Unchanged",
                        "StackRollback",
                        "Version");
    }

    @Test
    void partsAreHandedOut() {
        DatabaseMigration migration =
                migrate(props().cluster(importedCluster()).secret(secret).vpc(vpc));
        migration
                .function()
                .metricErrors()
                .createAlarm(
                        stack,
                        "Errors",
                        CreateAlarmOptions.builder()
                                .threshold(1)
                                .evaluationPeriods(1)
                                .build());
        migration
                .logGroup()
                .addMetricFilter(
                        "Failed",
                        MetricFilterOptions.builder()
                                .filterPattern(FilterPattern.stringValue("$.event", "=", "changeset.failed"))
                                .metricNamespace("Shop")
                                .metricName("FailedChangesets")
                                .build());
        migration.resource().getNode().addDependency(new Queue(stack, "Queue"));

        SynthesisedStack synthesised = synthesise();
        String function = synthesised.idOf("AWS::Lambda::Function", Map.of("Runtime", "java21"));
        assertThat(synthesised.only("AWS::CloudWatch::Alarm").toString()).contains("{\"Ref\":\"" + function + "\"}");
        assertThat(synthesised
                        .resource(synthesised
                                .only("AWS::Logs::MetricFilter")
                                .path("Properties")
                                .path("LogGroupName")
                                .path("Ref")
                                .asText())
                        .path("Properties")
                        .path("LogGroupName")
                        .toString())
                .contains("{\"Ref\":\"" + function + "\"}");
        assertThat(synthesised.awaitedByTheMigration()).containsAll(synthesised.idsOf("AWS::SQS::Queue"));
    }

    @Test
    void frameOfTheFunctionCanBeChosen() {
        migrate(props().cluster(importedCluster())
                .secret(secret)
                .vpc(vpc)
                .timeout(Duration.minutes(5))
                .serviceTimeout(Duration.minutes(6))
                .memorySize(4096)
                .architecture(Architecture.ARM_64)
                .environmentEncryption(new Key(stack, "Key")));

        SynthesisedStack synthesised = synthesise();
        JsonNode function = synthesised
                .only("AWS::Lambda::Function", Map.of("Runtime", "java21"))
                .path("Properties");
        assertThat(function.path("Timeout").asInt()).isEqualTo(300);
        assertThat(function.path("MemorySize").asInt()).isEqualTo(4096);
        assertThat(function.path("Architectures")).hasToString("[\"arm64\"]");
        assertThat(function.has("KmsKeyArn")).isTrue();
        assertThat(synthesised.migrationProperty("ServiceTimeout")).isEqualTo("360");
    }

    @Test
    void functionOutsideOfAVpcMakesNoNetworkInterfaces() {
        migrate(props().database(DatabaseTarget.of("db.example.com", 5432)).secret(secret));

        SynthesisedStack synthesised = synthesise();
        assertThat(synthesised
                        .only("AWS::Lambda::Function", Map.of("Runtime", "java21"))
                        .path("Properties")
                        .has("VpcConfig"))
                .isFalse();
        assertThat(synthesised.statements("Migration"))
                .noneMatch(statement -> statement.path("Action").toString().contains("ec2:"));
    }

    @Test
    void functionInAVpcWithoutEndpointsMayCallAwsOverHttps() {
        migrate(props().cluster(importedCluster()).secret(secret).vpc(vpc));

        assertThat(synthesise().template().toString())
                .contains("\"CidrIp\":\"0.0.0.0/0\",\"Description\":\"AWS services\",\"FromPort\":443");
    }

    @Test
    void serverThatCdkKnowsNothingOfCanBeReachedFromTheVpc() {
        migrate(props().database(DatabaseTarget.of("db.example.com", 6432))
                .secret(secret)
                .vpc(vpc));

        assertThat(synthesise().template().toString())
                .contains("\"CidrIp\":\"0.0.0.0/0\",\"Description\":\"Database\",\"FromPort\":6432");
    }

    @Test
    void whatCannotWaitForTheMigrationIsRefused() {
        DatabaseMigration migration =
                migrate(props().cluster(importedCluster()).secret(secret).vpc(vpc));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> migration.executeBefore(stack))
                .withMessage(
                        "'executeBefore' must name constructs that need the schema, got 'Existing', which the migration itself is in");
        assertThatIllegalArgumentException()
                .isThrownBy(migration::executeBefore)
                .withMessage("'executeBefore' must name what needs the schema, got nothing");
    }

    @Test
    void isolatedNetworkGetsNoEndpointForIam() {
        migrate(props().cluster(importedCluster())
                .iamUsername("migrator")
                .databaseName("shop")
                .network(new IsolatedNetwork(stack, "Network")));

        assertThat(synthesise().idsOf("AWS::EC2::VPCEndpoint")).isEmpty();
    }

    @Test
    void whatIsMissingOrContradictsIsRefusedByName() {
        refused(props().secret(secret).vpc(vpc), "Missing: a database: 'cluster', 'instance' or 'database'");
        refused(
                DatabaseMigrationProps.builder()
                        .cluster(importedCluster())
                        .secret(secret)
                        .vpc(vpc),
                "Missing: the changelog folder: 'changelog'");
        refused(withCluster(), "Exactly one of 'secret' and 'iamUsername' must be set, got neither");
        refused(
                withCluster().secret(secret).iamUsername("migrator"),
                "Exactly one of 'secret' and 'iamUsername' must be set, got both");
        refused(
                withCluster().iamUsername("migrator"),
                "'databaseName' must be set with 'iamUsername': there is no secret that could hold it");
        refused(
                props().cluster(importedCluster()).secret(secret),
                "A database with security groups is reached from inside of its VPC. Set 'vpc' or 'network'");
        refused(
                withCluster().iamUsername("migrator").databaseName("shop").sslMode(SslMode.DISABLE),
                "'sslMode' must be VERIFY_FULL or VERIFY_CA with 'iamUsername', got 'disable': another server that is taken for the database could use the token. Leave 'sslMode' out");
        refused(
                withCluster().secret(secret).memorySize(1024),
                "'memorySize' must be 1769 (one virtual CPU) to 10240 MB, got 1024");
        refused(
                withCluster().secret(secret).timeout(Duration.minutes(15)),
                "'timeout' must be 60 to 840 s with protocol PROVIDER, got 900 s");
        refused(
                withCluster().secret(secret).protocol(Protocol.DIRECT).timeout(Duration.seconds(30)),
                "'timeout' must be 60 to 900 s with protocol DIRECT, got 30 s");
        refused(
                withCluster().secret(secret).serviceTimeout(Duration.minutes(5)),
                "'serviceTimeout' must be 'timeout', which is 840 s, or longer, got 300 s: CloudFormation would give up while the function still works");
        refused(
                withCluster().secret(secret).sslRootCert("ca.pem"),
                "'sslRootCert' must name a file in the changelog folder '%s', got 'ca.pem'"
                        .formatted(inputs.changelog()));
    }

    @Test
    void twoBuildsOfOneBuilderShareNothing() {
        DatabaseMigrationProps.Builder builder = withCluster().secret(secret);
        DatabaseMigrationProps first = builder.build();
        builder.contexts("later");
        new DatabaseMigration(stack, "Migration", first);

        assertThat(synthesise().migrationProperty("Contexts")).isEmpty();
    }

    private static void refused(DatabaseMigrationProps.Builder builder, String message) {
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
    }

    private DatabaseMigrationProps.Builder withCluster() {
        return props().cluster(importedCluster()).vpc(vpc);
    }

    private DatabaseMigrationProps.Builder props() {
        return DatabaseMigrationProps.builder().changelog(inputs.changelog()).functionArchive(inputs.migrationLambda());
    }

    private DatabaseMigration migrate(DatabaseMigrationProps.Builder builder) {
        return new DatabaseMigration(stack, "Migration", builder.build());
    }

    private DatabaseCluster cluster() {
        return DatabaseCluster.Builder.create(stack, "Cluster")
                .engine(DatabaseClusterEngine.auroraPostgres(AuroraPostgresClusterEngineProps.builder()
                        .version(AuroraPostgresEngineVersion.VER_17_9)
                        .build()))
                .writer(ClusterInstance.serverlessV2("Writer"))
                .vpc(vpc)
                .build();
    }

    private IDatabaseCluster importedCluster() {
        String id = "Imported" + stack.getNode().getChildren().size();
        return DatabaseCluster.fromDatabaseClusterAttributes(
                stack,
                id,
                DatabaseClusterAttributes.builder()
                        .clusterIdentifier("shop")
                        .clusterEndpointAddress("shop.cluster-abc.eu-central-1.rds.amazonaws.com")
                        .clusterResourceIdentifier("cluster-ABCDEFGHIJ")
                        .port(5432)
                        .securityGroups(List.of(SecurityGroup.fromSecurityGroupId(stack, id + "Group", "sg-12345678")))
                        .build());
    }

    private SynthesisedStack synthesise() {
        app.synth();
        return SynthesisedStack.of(Path.of(app.getOutdir()), "Existing");
    }
}
