package io.github.cdkliquibase.lambda.changelog.files;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks the folder with the changelogs. */
public final class ChangelogFolder {

    private static final int LISTED = 10;
    private static final int DEEPEST = 8;

    /** File extensions of certificates, which the folder may hold for 'SslRootCert'. */
    private static final String CERTIFICATE = ".pem";

    private ChangelogFolder() {}

    /**
     * Checks that the root changelog exists.
     *
     * @throws MigrationException if the folder or the file does not exist, or the file lies outside of the folder
     */
    public static void requireFile(Path folder, String file) {
        if (!Files.isDirectory(folder)) {
            throw new MigrationException(
                    "Changelog folder '%s' does not exist. Attach the layer with the changelog, or set CHANGELOG_DIR"
                            .formatted(folder));
        }
        Path root = FileNames.resolve(folder, file);
        if (!Files.isRegularFile(root)) {
            throw new MigrationException("ChangelogFile %s does not exist in the changelog folder, which holds %s"
                    .formatted(Text.quote(file), content(folder)));
        }
        try {
            if (!root.toRealPath().startsWith(folder.toRealPath())) {
                throw new MigrationException(
                        "ChangelogFile %s is outside the changelog folder".formatted(Text.quote(file)));
            }
        } catch (IOException e) {
            throw new MigrationException("ChangelogFile %s cannot be read".formatted(Text.quote(file)), e);
        }
    }

    private static String content(Path folder) {
        try (Stream<Path> files =
                Files.find(folder.toRealPath(), DEEPEST, (path, attributes) -> attributes.isRegularFile())) {
            Path root = folder.toRealPath();
            List<String> names = files.map(path -> FileNames.relative(root, path))
                    .filter(name -> !name.endsWith(CERTIFICATE))
                    .sorted()
                    .limit(LISTED + 1L)
                    .toList();
            String listed = names.stream().limit(LISTED).map(Text::quote).collect(Collectors.joining(", "));
            return names.isEmpty() ? "no changelog" : names.size() > LISTED ? listed + " and more" : listed;
        } catch (IOException | UncheckedIOException e) {
            return "files that could not be listed";
        }
    }
}
