package io.github.cdkliquibase.lambda.digest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Digests of the files below a folder. */
public final class FolderDigest {

    private FolderDigest() {}

    /**
     * A digest of the names and the content of all files. Links are followed inside the folder. A link that leads out of it counts
     * with its target's name: a device or a pipe there has no end.
     *
     * @throws IOException if a file cannot be read, or a link leads to a folder above it
     */
    public static String ofContent(Path folder) throws IOException {
        Path root = folder.toRealPath();
        PartsDigest digest = new PartsDigest();
        for (Path file : files(root)) {
            digest.add(name(root, file));
            Path real = Files.exists(file) ? file.toRealPath() : file;
            if (!real.startsWith(root)) {
                digest.add(real.toString());
            } else if (Files.isRegularFile(real)) {
                digest.add(real);
            }
        }
        return digest.hex();
    }

    /**
     * Adds the names and the sizes of all files to a digest. No file is read.
     *
     * @throws IOException if the folder cannot be listed
     */
    static void addSizes(Path folder, PartsDigest digest) throws IOException {
        for (Path file : files(folder)) {
            digest.add(name(folder, file)).add(Files.size(file));
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> !Files.isDirectory(file)).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    // The path of a URI has the bytes of the name, also of letters that the locale of the function does not have.
    private static String name(Path folder, Path file) {
        return folder.toUri().relativize(file.toUri()).getRawPath();
    }
}
