package io.github.cdkliquibase.infra.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import software.amazon.awscdk.BundlingOptions;
import software.amazon.awscdk.ILocalBundling;

/**
 * Puts files under {@code changelog/} in a layer, without Docker: Lambda unpacks a layer to {@code /opt}, and the function
 * looks in {@code /opt/changelog}.
 */
final class LayerBundling implements ILocalBundling {

    private final SortedMap<String, Path> files;

    LayerBundling(SortedMap<String, Path> files) {
        this.files = files;
    }

    @Override
    public Boolean tryBundle(String outputDir, BundlingOptions options) {
        Path top = Path.of(outputDir, "changelog");
        for (Map.Entry<String, Path> file : files.entrySet()) {
            Path target = top.resolve(file.getKey());
            try {
                Files.createDirectories(target.resolveSibling("."));
                Files.copy(file.getValue(), target);
            } catch (IOException e) {
                throw new UncheckedIOException("File '" + file.getValue() + "' cannot be copied into the layer", e);
            }
            // Permissions go into the zip, and Lambda reads as another user than the owner.
            target.toFile().setReadable(true, false);
        }
        return true;
    }
}
