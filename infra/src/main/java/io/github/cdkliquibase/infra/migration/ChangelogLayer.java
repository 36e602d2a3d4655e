package io.github.cdkliquibase.infra.migration;

import software.amazon.awscdk.AssetHashType;
import software.amazon.awscdk.BundlingOptions;
import software.amazon.awscdk.BundlingOutput;
import software.amazon.awscdk.DockerImage;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.LayerVersion;
import software.amazon.awscdk.services.s3.assets.AssetOptions;
import software.constructs.Construct;

/** A changelog folder as a layer of its own: a change of it leaves the function's code as it is. */
final class ChangelogLayer {

    private ChangelogLayer() {}

    static LayerVersion of(Construct scope, ChangelogFolder changelog) {
        return LayerVersion.Builder.create(scope, "Changelog")
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
