package io.github.cdkliquibase.infra.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.Map;
import software.amazon.awscdk.AssetHashType;
import software.amazon.awscdk.BundlingOptions;
import software.amazon.awscdk.BundlingOutput;
import software.amazon.awscdk.DockerImage;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.LayerVersion;
import software.amazon.awscdk.services.s3.assets.AssetOptions;
import software.constructs.Construct;

/** Files that a function finds in its changelog folder, as a layer: a change of them leaves the function's code as it is. */
final class FilesLayer {

    private FilesLayer() {}

    static LayerVersion ofChangelog(Construct scope, ChangelogFolder changelog) {
        try {
            return layer(
                    scope,
                    "Changelog",
                    "Changelog of the migration function, at /opt/changelog",
                    changelog.path(),
                    ChangelogFingerprint.files(changelog.path()));
        } catch (IOException e) {
            throw new UncheckedIOException("Changelog folder '" + changelog.path() + "' cannot be read", e);
        }
    }

    static LayerVersion ofAuthorities(Construct scope, Path pem) {
        return layer(
                scope,
                "Authorities",
                "Authorities that the function trusts too, at /opt/changelog",
                pem,
                new TreeMap<>(Map.of(pem.getFileName().toString(), pem)));
    }

    private static LayerVersion layer(
            Construct scope, String id, String description, Path source, SortedMap<String, Path> files) {
        return LayerVersion.Builder.create(scope, id)
                .description(description)
                .code(Code.fromAsset(
                        source.toString(),
                        AssetOptions.builder()
                                .assetHashType(AssetHashType.OUTPUT)
                                .bundling(BundlingOptions.builder()
                                        // Required by the API and never pulled: the local bundling always succeeds.
                                        .image(DockerImage.fromRegistry("scratch"))
                                        .local(new LayerBundling(files))
                                        .outputType(BundlingOutput.NOT_ARCHIVED)
                                        .build())
                                .build()))
                .build();
    }
}
