package io.github.cdkliquibase.lambda.changelog.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names of files as UTF-8, whatever locale the process has.
 *
 * <p>Lambda's image for Java 21 names a locale that it does not have, so Java takes file names for ASCII: a path with another
 * letter cannot be made from a text, and shows another text than its name. The path of a file that was found in its folder
 * holds the right bytes all the same, and its URI shows them.
 */
final class FileNames {

    private FileNames() {}

    /**
     * A file by its name below a folder.
     *
     * @param name with forward slashes
     * @return the file; where there is none of that name, a path that does not exist
     * @throws InvalidPathException if the name cannot be one of a file
     */
    static Path resolve(Path folder, String name) {
        try {
            return folder.resolve(name);
        } catch (InvalidPathException e) {
            if (name.indexOf('\0') >= 0) {
                throw e;
            }
            Path path = folder;
            for (String part : name.split("/+", -1)) {
                path = child(path, part);
            }
            return path;
        }
    }

    private static Path child(Path folder, String name) {
        try {
            return folder.resolve(name);
        } catch (InvalidPathException e) {
            return find(folder, name).orElseGet(() -> folder.resolve("does-not-exist"));
        }
    }

    private static Optional<Path> find(Path folder, String name) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> last(file).equals(name)).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String last(Path file) {
        String path = decoded(file);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The path of a file relative to a folder, with forward slashes. */
    static String relative(Path folder, Path file) {
        String whole = decoded(file);
        String start = decoded(folder);
        if (whole.equals(start)) {
            return "";
        }
        return whole.startsWith(start + "/")
                ? whole.substring(start.length() + 1)
                : folder.relativize(file).toString().replace('\\', '/');
    }

    private static String decoded(Path file) {
        URI uri = file.toAbsolutePath().normalize().toUri();
        // A plus sign stands for itself in a path.
        String path = URLDecoder.decode(uri.getRawPath().replace("+", "%2B"), StandardCharsets.UTF_8);
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
