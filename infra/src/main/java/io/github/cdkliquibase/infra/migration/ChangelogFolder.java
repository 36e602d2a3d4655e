package io.github.cdkliquibase.infra.migration;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder of changelog files, and the one among them at which Liquibase begins.
 *
 * @param path the folder that becomes the layer's {@code changelog/}
 * @param rootFile the root changelog, relative to the folder, with forward slashes
 */
public record ChangelogFolder(Path path, String rootFile) {

    private static final String DEFAULT_ROOT_FILE = "db/changelog/db.changelog-master.yaml";

    public ChangelogFolder {
        if (!Files.isRegularFile(path.resolve(rootFile))) {
            throw new IllegalArgumentException("Changelog folder '" + path + "' must hold the root changelog '"
                    + rootFile + "', which is not there");
        }
    }

    /** The folder with the root changelog that the function takes by default. */
    public ChangelogFolder(Path path) {
        this(path, DEFAULT_ROOT_FILE);
    }

    boolean holds(String file) {
        return Files.isRegularFile(path.resolve(file));
    }
}
