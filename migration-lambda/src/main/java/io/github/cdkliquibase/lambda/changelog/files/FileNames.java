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
 * Names of files as UTF-8, independent of the process's locale.
 *
 * <p>Lambda's image for Java 21 sets a locale that it does not have, so Java treats file names as ASCII: it cannot
 * create a path with other letters from a text, and it shows such a path incorrectly. The path of a file that was found
 * in its folder still holds the right bytes, and its URI shows them.
 */
final class FileNames {

    private FileNames() {}

    /**
     * A file by its name below a folder.
     *
     * @param name with forward slashes
     * @return the file; a path that does not exist if there is no such file
     * @throws InvalidPathException if no file can have this name
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
        // In a path, a plus sign is not an encoded blank.
        String path = URLDecoder.decode(uri.getRawPath().replace("+", "%2B"), StandardCharsets.UTF_8);
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
