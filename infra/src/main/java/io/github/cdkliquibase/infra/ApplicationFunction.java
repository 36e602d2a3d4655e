package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.constructs.database.AuroraDatabase;
import io.github.cdkliquibase.constructs.nag.NagFindings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Validations;
import software.amazon.awscdk.services.ec2.IVpc;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.constructs.Construct;

/** A function that reads the database as a user of its own, with IAM tokens: no secret, no endpoint. */
final class ApplicationFunction extends Construct {

    private static final int MEMORY_MEGABYTES = 1024;

    private final Function function;

    ApplicationFunction(
            Construct scope, String id, Path archive, IVpc vpc, AuroraDatabase database, String databaseUser) {
        super(scope, id);
        if (!Files.isRegularFile(archive)) {
            throw new IllegalArgumentException(
                    "The application's zip '%s' does not exist. Build it with 'mvn -q -DskipTests package' at the root of the project"
                            .formatted(archive.toAbsolutePath()));
        }
        function = Function.Builder.create(this, "Function")
                .description("Reads the countries of the shop")
                .runtime(Runtime.JAVA_21)
                .handler("io.github.cdkliquibase.application.CountriesHandler")
                .code(Code.fromAsset(archive.toString()))
                // Sorted, so that the same input gives the same template.
                .environment(new TreeMap<>(Map.of(
                        "DATABASE_HOST", database.applicationHost(),
                        "DATABASE_PORT", database.applicationPort(),
                        "DATABASE_NAME", database.databaseName(),
                        "DATABASE_USER", databaseUser)))
                .memorySize(MEMORY_MEGABYTES)
                // A paused database takes some seconds to wake up.
                .timeout(Duration.minutes(1))
                .vpc(vpc)
                .securityGroups(List.of(SecurityGroup.Builder.create(this, "SecurityGroup")
                        .vpc(vpc)
                        .description("Of the application, which reaches the database and nothing else")
                        .allowAllOutbound(false)
                        .build()))
                .vpcSubnets(SubnetSelection.builder()
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .build())
                .build();
        Validations.of(this)
                .acknowledge(
                        NagFindings.acknowledged(
                                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
                                "CDK's default for a function: it may write its log, and nothing else"),
                        NagFindings.acknowledged(
                                "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]",
                                "CDK's default for a function in a VPC: Lambda may make and remove its network interfaces, and nothing else"),
                        NagFindings.acknowledged("AwsSolutions-L1", "Java 21 is a runtime with long-term support"));
        // From this side, so that the rule is the application's, also where the database is in another stack.
        function.getConnections().allowToDefaultPort(database);
        database.grantConnect(function, databaseUser);
    }

    String functionName() {
        return function.getFunctionName();
    }
}
