package io.github.cdkliquibase.lambda.changelog.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The boundary of the changelog folder. Paths and symbolic links may not lead out of it. */
final class FolderBoundary {

    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.*-]+:.*", Pattern.DOTALL);
    private static final Pattern CLASSPATH = Pattern.compile("^classpath\\*?:");

    private final Path root;

    FolderBoundary(Path root) {
        this.root = root;
    }

    /**
     * The place of a path that a changelog names.
     *
     * @throws OutsideFolderException if it is outside
     */
    Path located(String path) {
        String name = relative(CLASSPATH.matcher(path).replaceFirst("").replace('\\', '/'));
        return requireInside(FileNames.resolve(root, name), path);
    }

    /** A path without the slashes at its start. */
    static String relative(String path) {
        return path.replaceFirst("^/+", "");
    }

    /**
     * A file, if it is inside.
     *
     * @param written the path as the changelog names it
     * @throws OutsideFolderException if it is outside
     */
    Path requireInside(Path file, String written) {
        Path normal = file.normalize();
        boolean inside = Files.exists(normal)
                ? real(normal).startsWith(root)
                : normal.startsWith(root)
                        && !URL.matcher(CLASSPATH.matcher(written).replaceFirst(""))
                                .matches();
        if (!inside) {
            throw new OutsideFolderException(written);
        }
        return normal;
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
