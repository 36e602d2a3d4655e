package io.github.cdkliquibase.infra.migration;

import java.util.List;
import software.amazon.awscdk.AssetHashType;
import software.amazon.awscdk.BundlingOptions;
import software.amazon.awscdk.BundlingOutput;
import software.amazon.awscdk.DockerImage;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.IFunction;
import software.amazon.awscdk.services.lambda.LayerVersion;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.s3.assets.AssetOptions;
import software.constructs.Construct;

/**
 * The Lambda function that runs a changelog, in the isolated subnets of a VPC.
 *
 * <p>The changelog is a layer of its own: a change of it leaves the function's code as it is.
 */
public final class MigrationFunction extends Construct {

    /** Behind a Provider, whose own functions end after 15 minutes: this one must have answered by then. */
    private static final Duration TIMEOUT = Duration.minutes(14);

    /** MB; from here on Lambda gives one whole virtual CPU. */
    private static final int MEMORY = 1769;

    private final Function function;
    private final ChangelogFolder changelog;

    public MigrationFunction(Construct scope, String id, MigrationFunctionProps props) {
        super(scope, id);
        changelog = props.changelog();
        function = Function.Builder.create(this, "Function")
                .description("Runs Liquibase changelogs as a CloudFormation custom resource")
                .runtime(Runtime.JAVA_21)
                .handler("io.github.cdkliquibase.lambda.MigrationHandler::onEvent")
                .code(Code.fromAsset(props.archive().toString()))
                .layers(List.of(changelogLayer()))
                .memorySize(MEMORY)
                .timeout(TIMEOUT)
                // Lambda runs an asynchronous invocation that failed twice more; a changelog runs once a deploy.
                .retryAttempts(0)
                .vpc(props.vpc())
                .vpcSubnets(SubnetSelection.builder()
                        .subnetType(SubnetType.PRIVATE_ISOLATED)
                        .build())
                .build();
    }

    IFunction function() {
        return function;
    }

    ChangelogFolder changelog() {
        return changelog;
    }

    private LayerVersion changelogLayer() {
        return LayerVersion.Builder.create(this, "Changelog")
                .description("Changelog of the migration function, at /opt/changelog")
                .code(Code.fromAsset(
                        changelog.path().toString(),
                        AssetOptions.builder()
                                .assetHashType(AssetHashType.OUTPUT)
                                .bundling(BundlingOptions.builder()
                                        // Required by the API and never pulled: the local bundling always succeeds.
                                        .image(DockerImage.fromRegistry("scratch"))
                                        .local(new ChangelogLayerBundling(changelog))
                                        .outputType(BundlingOutput.NOT_ARCHIVED)
                                        .build())
                                .build()))
                .build();
    }
}
