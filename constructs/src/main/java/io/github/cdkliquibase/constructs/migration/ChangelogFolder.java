package io.github.cdkliquibase.constructs.migration;

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

    /**
     * A folder of changelog files.
     *
     * @throws IllegalArgumentException if there is no such folder, or no such file in it
     */
    public ChangelogFolder {
        if (!Files.isDirectory(path)) {
            throw new IllegalArgumentException(
                    "'changelog' must name a folder, and '%s' is none. A relative path begins where the JVM was started, in '%s'"
                            .formatted(path.toAbsolutePath(), Path.of("").toAbsolutePath()));
        }
        if (!isInside(path, rootFile)) {
            throw new IllegalArgumentException(
                    "Changelog folder '%s' has no file '%s' to begin with. Name the root changelog: 'changelog(new ChangelogFolder(folder, \"path/in/the/folder.xml\"))'"
                            .formatted(path.toAbsolutePath(), rootFile));
        }
    }

    /** The folder with the root changelog that the function takes by default. */
    public ChangelogFolder(Path path) {
        this(path, DEFAULT_ROOT_FILE);
    }

    boolean holds(String file) {
        return isInside(path, file);
    }

    // The function refuses a path that leads out of the folder, also where it leads back in.
    private static boolean isInside(Path folder, String file) {
        Path relative = Path.of(file);
        for (Path part : relative) {
            if (part.toString().equals("..")) {
                return false;
            }
        }
        return !relative.isAbsolute() && Files.isRegularFile(folder.resolve(relative));
    }
}
