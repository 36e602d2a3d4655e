package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folder with the changelogs, as a person sees it who has to mend a deploy. */
final class ChangelogFolder {

    private static final int LISTED = 10;

    private ChangelogFolder() {}

    static void requireFile(Path folder, String file) {
        if (!Files.isDirectory(folder)) {
            throw missing(folder);
        }
        Path root = folder.resolve(file);
        if (!Files.isRegularFile(root)) {
            throw new MigrationException("ChangelogFile %s does not exist in the changelog folder, which holds %s"
                    .formatted(Text.quote(file), content(folder)));
        }
        try {
            if (!root.toRealPath().startsWith(folder.toRealPath())) {
                throw new MigrationException(
                        "ChangelogFile %s leads out of the changelog folder".formatted(Text.quote(file)));
            }
        } catch (IOException e) {
            throw new MigrationException("ChangelogFile %s cannot be read".formatted(Text.quote(file)), e);
        }
    }

    static MigrationException missing(Path folder) {
        return new MigrationException(
                "Changelog folder '%s' does not exist. Attach the layer with the changelog, or set CHANGELOG_DIR"
                        .formatted(folder));
    }

    private static String content(Path folder) {
        try (Stream<Path> files = Files.find(folder, 8, (path, attributes) -> attributes.isRegularFile())) {
            String names = files.limit(LISTED + 1L)
                    .map(path -> Text.quote(folder.relativize(path).toString()))
                    .sorted()
                    .limit(LISTED)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "no file" : names;
        } catch (IOException e) {
            return "what cannot be listed";
        }
    }
}
