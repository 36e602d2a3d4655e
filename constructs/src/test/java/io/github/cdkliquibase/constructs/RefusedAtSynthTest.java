package io.github.cdkliquibase.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.cdkliquibase.constructs.migration.ChangelogFolder;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.migration.DatabaseRole;
import io.github.cdkliquibase.constructs.migration.DatabaseRoles;
import io.github.cdkliquibase.constructs.migration.DatabaseRolesProps;
import io.github.cdkliquibase.constructs.migration.DatabaseTarget;
import io.github.cdkliquibase.constructs.migration.SslMode;
import io.github.cdkliquibase.constructs.synthesis.DependencyGraph;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.InstanceClass;
import software.amazon.awscdk.services.ec2.InstanceSize;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.rds.AuroraMysqlClusterEngineProps;
import software.amazon.awscdk.services.rds.AuroraMysqlEngineVersion;
import software.amazon.awscdk.services.rds.AuroraPostgresClusterEngineProps;
import software.amazon.awscdk.services.rds.AuroraPostgresEngineVersion;
import software.amazon.awscdk.services.rds.ClusterInstance;
import software.amazon.awscdk.services.rds.DatabaseCluster;
import software.amazon.awscdk.services.rds.DatabaseClusterAttributes;
import software.amazon.awscdk.services.rds.DatabaseClusterEngine;
import software.amazon.awscdk.services.rds.DatabaseInstance;
import software.amazon.awscdk.services.rds.DatabaseInstanceAttributes;
import software.amazon.awscdk.services.rds.DatabaseInstanceEngine;
import software.amazon.awscdk.services.rds.DatabaseInstanceReadReplica;
import software.amazon.awscdk.services.rds.DatabaseProxyOptions;
import software.amazon.awscdk.services.rds.IClusterEngine;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.sns.Topic;

/** What no deploy could do is refused at synth, in a sentence that names the call and what to do instead. */
final class RefusedAtSynthTest {

    private static final String WRITER = "shop.cluster-abc.eu-central-1.rds.amazonaws.com";

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
        stack = new Stack(app, "Stack");
        vpc = new Vpc(stack, "Vpc");
        secret = new Secret(stack, "Secret");
    }

    @Test
    void databaseOfAnotherEngine() {
        IClusterEngine mysql = DatabaseClusterEngine.auroraMysql(AuroraMysqlClusterEngineProps.builder()
                .version(AuroraMysqlEngineVersion.VER_3_08_0)
                .build());
        DatabaseCluster ours = DatabaseCluster.Builder.create(stack, "Ours")
                .engine(mysql)
                .writer(ClusterInstance.serverlessV2("Writer"))
                .vpc(vpc)
                .build();
        refused(
                () -> DatabaseTarget.of(ours),
                "'cluster' must be a PostgreSQL database, got 'Stack/Ours' with the engine 'aurora-mysql'. Create it with 'aurora-postgresql' or 'postgres'");
        refused(
                () -> props().cluster(DatabaseCluster.fromDatabaseClusterAttributes(
                        stack, "Theirs", attributes().engine(mysql).build())),
                "'cluster' must be a PostgreSQL database, got 'Stack/Theirs' with the engine 'aurora-mysql'. Create it with 'aurora-postgresql' or 'postgres'");
        refused(
                () -> props().instance(DatabaseInstance.Builder.create(stack, "Instance")
                        .engine(DatabaseInstanceEngine.MARIADB)
                        .instanceType(small())
                        .vpc(vpc)
                        .build()),
                "'instance' must be a PostgreSQL database, got 'Stack/Instance' with the engine 'mariadb'. Create it with 'aurora-postgresql' or 'postgres'");
        refused(
                () -> props().instance(imported(
                        DatabaseInstanceAttributes.builder().engine(DatabaseInstanceEngine.ORACLE_EE), group())),
                "'instance' must be a PostgreSQL database, got 'Stack/Instance2' with the engine 'oracle-ee'. Create it with 'aurora-postgresql' or 'postgres'");
    }

    @Test
    void importedDatabaseThatNothingLetsTheFunctionInto() {
        String cure =
                " has none: nothing would let the function in to the port of the database. Name them in 'securityGroups' where it is imported, or use 'database(DatabaseTarget.of(host, port))' and let the function in yourself";
        refused(
                () -> props().cluster(DatabaseCluster.fromDatabaseClusterAttributes(
                        stack, "Cluster", attributes().securityGroups(List.of()).build())),
                "'cluster' must have security groups, and 'Stack/Cluster'" + cure);
        refused(
                () -> props().instance(imported(DatabaseInstanceAttributes.builder())),
                "'instance' must have security groups, and 'Stack/Instance2'" + cure);
    }

    @Test
    void importedClusterWithoutItsEndpoint() {
        refused(
                () -> props().cluster(DatabaseCluster.fromDatabaseClusterAttributes(
                        stack,
                        "Cluster",
                        DatabaseClusterAttributes.builder()
                                .clusterIdentifier("shop")
                                .securityGroups(List.of(group()))
                                .build())),
                "'cluster' must know its endpoint, and the imported 'Stack/Cluster' does not. Name the address of the writer and the port where it is imported");
    }

    @Test
    void endpointThatIsNotTheWriters() {
        String reader =
                ", the endpoint of a reader, which takes no writes. Use 'cluster' or 'instance', or the endpoint of the writer";
        String proxy =
                ", the endpoint of a proxy, which hands one session to many clients: the lock of a run belongs to its session. Use 'cluster' or 'instance', or the endpoint of the writer";
        DatabaseCluster cluster = cluster();
        String proxyHost = cluster.addProxy(
                        "Proxy",
                        DatabaseProxyOptions.builder()
                                .vpc(vpc)
                                .secrets(List.of(secret))
                                .build())
                .getEndpoint();
        Map<String, String> hosts = Map.of(
                "shop.cluster-ro-abc.eu-central-1.rds.amazonaws.com",
                "shop.cluster-ro-abc.eu-central-1.rds.amazonaws.com'" + reader,
                "shop.cluster-ro-abc.rds.cn-north-1.amazonaws.com.cn",
                "shop.cluster-ro-abc.rds.cn-north-1.amazonaws.com.cn'" + reader,
                "shop.proxy-abc.eu-central-1.rds.amazonaws.com",
                "shop.proxy-abc.eu-central-1.rds.amazonaws.com'" + proxy,
                "two.endpoint.proxy-abc.eu-central-1.rds.amazonaws.com",
                "two.endpoint.proxy-abc.eu-central-1.rds.amazonaws.com'" + proxy,
                cluster.getClusterReadEndpoint().getHostname(),
                "ReadEndpoint.Address of Stack/Cluster/Resource'" + reader,
                proxyHost,
                "Endpoint of Stack/Cluster/Proxy/Resource'" + proxy);
        hosts.forEach((host, named) -> refused(
                () -> DatabaseTarget.of(host, 5432),
                "A migration must connect to the writer's own endpoint, got '" + named));
        refused(
                () -> props().cluster(DatabaseCluster.fromDatabaseClusterAttributes(
                        stack,
                        "Imported",
                        attributes()
                                .clusterEndpointAddress("shop.cluster-ro-abc.eu-central-1.rds.amazonaws.com")
                                .build())),
                "A migration must connect to the writer's own endpoint, got 'shop.cluster-ro-abc.eu-central-1.rds.amazonaws.com'"
                        + reader);

        assertThatCode(() -> {
                    DatabaseTarget.of(WRITER, 5432);
                    DatabaseTarget.of("shop.abc.eu-central-1.rds.amazonaws.com", 5432);
                    DatabaseTarget.of("proxy-abc.example.com", 5432);
                    DatabaseTarget.of(cluster.getClusterEndpoint().getHostname(), 5432);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void databaseThatCopiesAnotherOne() {
        DatabaseInstance source = DatabaseInstance.Builder.create(stack, "Instance")
                .engine(DatabaseInstanceEngine.POSTGRES)
                .instanceType(small())
                .vpc(vpc)
                .build();
        refused(
                () -> props().instance(DatabaseInstanceReadReplica.Builder.create(stack, "Replica")
                        .sourceDatabaseInstance(source)
                        .instanceType(small())
                        .vpc(vpc)
                        .build()),
                "'instance' must be the database that is written to, got 'Stack/Replica', which is a replica. Name the database that it copies");
    }

    @Test
    void namesThatAreNone() {
        for (String none : List.of("", " ", "a".repeat(64))) {
            refused(() -> props().databaseName(none), name("databaseName", none));
            refused(() -> props().iamUsername(none), name("iamUsername", none));
            refused(() -> props().defaultSchema(none), name("defaultSchema", none));
            refused(() -> props().liquibaseSchema(none), name("liquibaseSchema", none));
            refused(() -> props().historyTable(none), name("historyTable", none));
            refused(() -> props().lockTable(none), name("lockTable", none));
            refused(() -> DatabaseRolesProps.builder().schemas("shop", none), name("schemas", none));
        }
        refused(() -> DatabaseRolesProps.builder().schemas(), "'schemas' must name one schema or more, got nothing");
        refused(
                () -> props().restartChangeset(""),
                "'restartChangeset' must not be empty. Leave it out for its default");
        refused(() -> DatabaseTarget.of("", 5432), "The host of a 'DatabaseTarget' must not be empty");
        refused(
                () -> DatabaseTarget.of("db.example.com", 0),
                "The port of a 'DatabaseTarget' must be 1 to 65535, got 0");
        assertThatCode(() -> props().contexts("").labelFilter("")).doesNotThrowAnyException();
    }

    private static String name(String call, String none) {
        return "'%s' must be a name of 1 to 63 bytes, got '%s'".formatted(call, none);
    }

    @Test
    void timesThatAreNone() {
        refused(
                () -> props().lockTimeout(Duration.millis(0)),
                "'lockTimeout' must be longer than zero, and at most P24D, got PT0S");
        refused(
                () -> props().lockTimeout(Duration.days(25)),
                "'lockTimeout' must be longer than zero, and at most P24D, got P25D");
        refused(
                () -> props().connectTimeout(Duration.seconds(0)),
                "'connectTimeout' must be longer than zero, and at most P24D, got PT0S");
        refused(
                () -> complete().serviceTimeout(Duration.minutes(61)).build(),
                "'serviceTimeout' must be at most 3600 s, which is CloudFormation's limit, got 3660 s");
        refused(
                () -> complete().timeout(Duration.millis(90_500)).build(),
                "'timeout' must be a whole number of seconds, got PT1M30.5S");
        assertThatCode(() -> complete()
                        .serviceTimeout(Duration.hours(1))
                        .lockTimeout(Duration.millis(1))
                        .build())
                .doesNotThrowAnyException();
    }

    @Test
    void changelogFolderThatIsNone() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        refused(
                () -> props().changelog(Path.of("database")),
                "'changelog' must name a folder, and '%s' is none. A relative path begins where the JVM was started, in '%s'"
                        .formatted(here.resolve("database"), here));
        Files.writeString(folder.resolve("root.yaml"), "databaseChangeLog: []\n");
        for (String file : List.of(
                "master.xml", "", "../root.yaml", folder.resolve("root.yaml").toString())) {
            refused(
                    () -> props().changelog(new ChangelogFolder(inputs.changelog(), file)),
                    "Changelog folder '%s' has no file '%s' to begin with. Name the root changelog: 'changelog(new ChangelogFolder(folder, \"path/in/the/folder.xml\"))'"
                            .formatted(inputs.changelog().toAbsolutePath(), file));
        }
        refused(
                () -> complete().sslRootCert("../root.yaml").build(),
                "'sslRootCert' must name a file in the changelog folder '%s', got '../root.yaml'"
                        .formatted(inputs.changelog().toAbsolutePath()));
        refused(
                () -> DatabaseRolesProps.builder().sslRootCert(Path.of("ca.pem")),
                "'sslRootCert' must be a PEM file, got '%s'".formatted(here.resolve("ca.pem")));
    }

    @Test
    void executeBeforeOfWhatTheMigrationNeeds() {
        DatabaseCluster cluster = cluster();
        DatabaseRoles roles = new DatabaseRoles(
                stack,
                "Roles",
                DatabaseRolesProps.builder()
                        .cluster(cluster)
                        .secret(secret)
                        .databaseName("shop")
                        .owner(DatabaseRole.withSecret("shop_owner", new Secret(stack, "Owner")))
                        .functionArchive(inputs.migrationLambda())
                        .vpc(vpc)
                        .build());
        DatabaseMigration first = new DatabaseMigration(
                stack, "First", props().roles(roles).vpc(vpc).build());
        DatabaseMigration second = new DatabaseMigration(
                stack,
                "Second",
                props().cluster(cluster).secret(secret).vpc(vpc).build());
        Topic before = new Topic(stack, "Before");
        second.executeAfter(before);
        first.executeBefore(second);

        needs(first, cluster, "Stack/Cluster");
        needs(first, vpc, "Stack/Vpc");
        needs(first, secret, "Stack/Secret");
        needs(first, roles, "Stack/Roles");
        needs(first, cluster.getConnections().getSecurityGroups().getFirst(), "Stack/Cluster/SecurityGroup");
        needs(second, first, "Stack/First");
        needs(second, roles, "Stack/Roles");
        needs(second, before, "Stack/Before");
        needs(first, first.getNode().findChild("Function"), "Stack/First/Function");
        assertThat(DependencyGraph.of(synthesised().template()).circle()).isEmpty();
    }

    private static void needs(DatabaseMigration migration, software.constructs.IConstruct construct, String path) {
        refused(
                () -> migration.executeBefore(construct),
                "'executeBefore' must name constructs that need the schema, got '%s', which the migration itself needs or waits for"
                        .formatted(path));
    }

    @Test
    void whatIsImportedMayBeInsideOfWhatWaits() {
        Stack service = new Stack(app, "Service");
        DatabaseMigration migration = new DatabaseMigration(
                stack,
                "Migration",
                props().cluster(DatabaseCluster.fromDatabaseClusterAttributes(
                                service, "Imported", attributes().build()))
                        .secret(Secret.fromSecretNameV2(service, "ByName", "shop/admin"))
                        .vpc(vpc)
                        .build());

        assertThatCode(() -> migration.executeBefore(new Topic(service, "Topic")))
                .doesNotThrowAnyException();
    }

    @Test
    void regionWhoseAuthoritiesDoNotComeWithTheFunction() throws IOException {
        String refusal =
                "The function does not come with the authorities of RDS in the region '%s'. Get the certificate bundle of that region from AWS, and name the file in 'sslRootCert'";
        Stack china = new Stack(
                app,
                "China",
                StackProps.builder()
                        .env(Environment.builder()
                                .account("111122223333")
                                .region("cn-north-1")
                                .build())
                        .build());
        refused(
                () -> props().cluster(DatabaseCluster.fromDatabaseClusterAttributes(
                                china, "Imported", attributes().build()))
                        .secret(secret)
                        .vpc(vpc)
                        .build(),
                refusal.formatted("cn-north-1"));
        String govCloud = "shop.cluster-abc.us-gov-west-1.rds.amazonaws.com";
        refused(
                () -> props().database(DatabaseTarget.of(govCloud, 5432))
                        .secret(secret)
                        .sslMode(SslMode.VERIFY_CA)
                        .build(),
                refusal.formatted("us-gov-west-1"));

        Files.writeString(inputs.changelog().resolve("ca.pem"), "");
        assertThatCode(() -> {
                    props().database(DatabaseTarget.of(govCloud, 5432))
                            .secret(secret)
                            .sslRootCert("ca.pem")
                            .build();
                    props().database(DatabaseTarget.of(govCloud, 5432))
                            .secret(secret)
                            .sslMode(SslMode.REQUIRE)
                            .build();
                })
                .doesNotThrowAnyException();
    }

    /** What ships is what the function's own tests list. */
    @Test
    void everyRegionWhoseAuthoritiesComeWithTheFunctionIsTaken() throws IOException {
        Set<String> shipped = regions(
                "../migration-lambda/src/test/resources/trusted-authorities.txt", "Amazon RDS ([a-z0-9-]+) Root CA");

        assertThat(regions(
                        "src/main/java/io/github/cdkliquibase/constructs/migration/KnownRegions.java",
                        "\"([a-z]+-[a-z-]+-\\d)\""))
                .isNotEmpty()
                .isEqualTo(shipped);
    }

    private static Set<String> regions(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map((MatchResult region) -> region.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }

    private DatabaseMigrationProps.Builder props() {
        return DatabaseMigrationProps.builder().changelog(inputs.changelog()).functionArchive(inputs.migrationLambda());
    }

    private DatabaseMigrationProps.Builder complete() {
        return props().database(DatabaseTarget.of("db.example.com", 5432)).secret(secret);
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

    private DatabaseClusterAttributes.Builder attributes() {
        return DatabaseClusterAttributes.builder()
                .clusterIdentifier("shop")
                .clusterEndpointAddress(WRITER)
                .port(5432)
                .securityGroups(List.of(group()));
    }

    private software.amazon.awscdk.services.rds.IDatabaseInstance imported(
            DatabaseInstanceAttributes.Builder attributes, ISecurityGroup... groups) {
        return DatabaseInstance.fromDatabaseInstanceAttributes(
                stack,
                "Instance2",
                attributes
                        .instanceIdentifier("shop")
                        .instanceEndpointAddress("shop.abc.eu-central-1.rds.amazonaws.com")
                        .port(5432)
                        .securityGroups(List.of(groups))
                        .build());
    }

    private ISecurityGroup group() {
        return SecurityGroup.fromSecurityGroupId(
                stack, "Group" + stack.getNode().getChildren().size(), "sg-12345678");
    }

    private static InstanceType small() {
        return InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM);
    }

    private SynthesisedStack synthesised() {
        app.synth();
        return SynthesisedStack.of(Path.of(app.getOutdir()), "Stack");
    }
}
