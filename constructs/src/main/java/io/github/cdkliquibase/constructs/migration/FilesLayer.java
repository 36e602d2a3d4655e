package io.github.cdkliquibase.constructs.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.LayerVersion;
import software.constructs.Construct;

/**
 * Files that a function finds in its changelog folder, as a layer: a change of them leaves the function's code as it is.
 * Lambda unpacks a layer to {@code /opt}, and the function looks in {@code /opt/changelog}.
 */
final class FilesLayer {

    private FilesLayer() {}

    static LayerVersion ofChangelog(Construct scope, ChangelogFolder changelog) {
        try {
            return layer(
                    scope,
                    "Changelog",
                    "Changelog of the migration function, at /opt/changelog",
                    ChangelogFingerprint.files(changelog.path()));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Changelog folder '" + changelog.path() + "' cannot be copied into a layer", e);
        }
    }

    static LayerVersion ofAuthorities(Construct scope, Path pem) {
        try {
            return layer(
                    scope,
                    "Authorities",
                    "Authorities that the function trusts too, at /opt/changelog",
                    new TreeMap<>(Map.of(String.valueOf(pem.getFileName()), pem)));
        } catch (IOException e) {
            throw new UncheckedIOException("File '" + pem + "' cannot be copied into a layer", e);
        }
    }

    // From a folder of its own each time: CDK stages one source only once in a process, whatever changed in it since.
    private static LayerVersion layer(Construct scope, String id, String description, SortedMap<String, Path> files)
            throws IOException {
        Path folder = Files.createTempDirectory("cdk-liquibase-layer");
        try {
            copy(files, folder.resolve("changelog"));
            // CDK has its own copy when this returns.
            return LayerVersion.Builder.create(scope, id)
                    .description(description)
                    .code(Code.fromAsset(folder.toString()))
                    .build();
        } finally {
            delete(folder);
        }
    }

    private static void copy(SortedMap<String, Path> files, Path top) throws IOException {
        for (Map.Entry<String, Path> file : files.entrySet()) {
            Path target = top.resolve(file.getKey());
            Files.createDirectories(target.resolveSibling("."));
            Files.copy(file.getValue(), target);
            // Permissions go into the zip, and Lambda reads as another user than the owner.
            target.toFile().setReadable(true, false);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
