package io.github.cdkliquibase.lambda.digest;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Digests of the files below a folder. */
public final class FolderDigest {

    private FolderDigest() {}

    /**
     * A digest of the names and the content of all files. Links are followed inside the folder. A link that leads out of it counts
     * with its target's name: there may be a device without an end, or a whole file system.
     *
     * @throws IOException if a file cannot be read, or a link leads to a folder above it
     */
    public static String ofContent(Path folder) throws IOException {
        Path root = folder.toRealPath();
        PartsDigest digest = new PartsDigest();
        for (Path file : files(root)) {
            digest.add(name(root, file));
            Path real = real(file);
            if (!real.startsWith(root)) {
                digest.add(real.toString());
            } else if (Files.isRegularFile(real)) {
                digest.add(real);
            }
        }
        return digest.hex();
    }

    /**
     * Adds the names, and the content, of all files to a digest; of jars the checksum of their index.
     *
     * @throws IOException if a file cannot be read
     */
    static void addCode(Path folder, PartsDigest digest) throws IOException {
        Path root = folder.toRealPath();
        for (Path file : files(root)) {
            String name = name(root, file);
            digest.add(name);
            if (name.endsWith(".jar")) {
                JarIndex.add(file, digest);
            } else {
                digest.add(file);
            }
        }
    }

    // Files, links to nothing, and links to folders outside.
    private static List<Path> files(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(
                root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                            throws IOException {
                        if (folder.toRealPath().startsWith(root)) {
                            return FileVisitResult.CONTINUE;
                        }
                        found.add(folder);
                        return FileVisitResult.SKIP_SUBTREE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        found.add(file);
                        return FileVisitResult.CONTINUE;
                    }
                });
        found.sort(null);
        return found;
    }

    private static Path real(Path file) throws IOException {
        return Files.exists(file) ? file.toRealPath() : file;
    }

    // The path of a URI has the bytes of the name, also of letters that the locale of the function does not have.
    private static String name(Path root, Path file) {
        return root.toUri().relativize(file.toUri()).getRawPath();
    }
}
