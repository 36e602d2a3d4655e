package io.github.cdkliquibase.stage.scratch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** A temporary folder of one owner. Closing it deletes it with everything in it; the end of the JVM does so too. */
public final class ScratchFolder implements AutoCloseable {

    private final Path path;
    private final Thread atExit = new Thread(this::delete, "scratch-folder-at-exit");

    private ScratchFolder(Path path) {
        this.path = path;
    }

    /**
     * Creates an empty folder that only the current user can read.
     *
     * @param purpose a word for the folder's name, so that a person who finds it knows whose it is
     */
    public static ScratchFolder create(String purpose) {
        try {
            ScratchFolder folder = new ScratchFolder(
                    Files.createTempDirectory("local-deploy-" + purpose + "-").toRealPath());
            Runtime.getRuntime().addShutdownHook(folder.atExit);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("Temporary folder could not be created", e);
        }
    }

    /** The absolute path of the folder. */
    public Path path() {
        return path;
    }

    /** A path below the folder; nothing is created. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Copies what is in a folder to {@code target}, which is created; links are followed. */
    public static void copy(Path source, Path target) {
        try {
            Files.walkFileTree(
                    source, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Copy(source, target));
        } catch (IOException e) {
            throw new UncheckedIOException("Folder '" + source + "' could not be copied", e);
        }
    }

    /** Unpacks a zip to {@code target}, which is created. An entry that would land outside of it is refused. */
    public static void unzip(Path zip, Path target) {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            Files.createDirectories(target);
            Enumeration<? extends ZipEntry> entries = file.entries();
            while (entries.hasMoreElements()) {
                unzip(file, entries.nextElement(), target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Zip '" + zip + "' could not be unpacked", e);
        }
    }

    private static void unzip(ZipFile file, ZipEntry entry, Path target) throws IOException {
        Path destination = target.resolve(entry.getName()).normalize();
        if (!destination.startsWith(target)) {
            throw new IOException("Entry '" + entry.getName() + "' points outside of the zip");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(destination);
            return;
        }
        Files.createDirectories(destination.resolveSibling("."));
        try (var content = file.getInputStream(entry)) {
            Files.copy(content, destination);
        }
    }

    /** Deletes the folder; what cannot be deleted (a process may still hold it) stays for the system to clean up. */
    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook does the same.
        }
    }

    private void delete() {
        try {
            Files.walkFileTree(path, new Deletion());
        } catch (IOException e) {
            // It is a temporary folder: the system clears what is left.
        }
    }

    private static final class Copy extends SimpleFileVisitor<Path> {
        private final Path source;
        private final Path target;

        Copy(Path source, Path target) {
            this.source = source;
            this.target = target;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            Files.createDirectories(target.resolve(source.relativize(folder).toString()));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.copy(file, target.resolve(source.relativize(file).toString()));
            return FileVisitResult.CONTINUE;
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return delete(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            return delete(folder);
        }

        private static FileVisitResult delete(Path path) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // Held by somebody, or not empty because of that: the rest goes all the same.
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
