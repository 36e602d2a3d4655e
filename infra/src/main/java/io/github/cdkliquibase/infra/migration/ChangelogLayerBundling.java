package io.github.cdkliquibase.infra.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import software.amazon.awscdk.BundlingOptions;
import software.amazon.awscdk.ILocalBundling;

/**
 * Puts the changelog under {@code changelog/} in the layer, without Docker: Lambda unpacks a layer to {@code /opt}, and
 * the function looks in {@code /opt/changelog}.
 */
final class ChangelogLayerBundling implements ILocalBundling {

    private final ChangelogFolder folder;

    ChangelogLayerBundling(ChangelogFolder folder) {
        this.folder = folder;
    }

    @Override
    public Boolean tryBundle(String outputDir, BundlingOptions options) {
        Path top = Path.of(outputDir, "changelog");
        try {
            for (Map.Entry<String, Path> file :
                    ChangelogFingerprint.files(folder.path()).entrySet()) {
                Path target = top.resolve(file.getKey());
                Files.createDirectories(target.resolveSibling("."));
                Files.copy(file.getValue(), target);
                // Permissions go into the zip, and Lambda reads as another user than the owner.
                target.toFile().setReadable(true, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Changelog folder '" + folder.path() + "' cannot be copied", e);
        }
        return true;
    }
}
