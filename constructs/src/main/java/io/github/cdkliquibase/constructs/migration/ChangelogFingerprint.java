package io.github.cdkliquibase.constructs.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The hash of what is in a changelog folder: names and bytes, but not times, permissions or where the folder is. */
final class ChangelogFingerprint {

    private ChangelogFingerprint() {}

    /** SHA-256 in lower-case hex. */
    static String of(ChangelogFolder folder) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (var file : files(folder.path()).entrySet()) {
                update(digest, file.getKey().getBytes(StandardCharsets.UTF_8));
                update(digest, Files.readAllBytes(file.getValue()));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("Changelog folder '" + folder.path() + "' cannot be read", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    /** The regular files below a folder, by their relative names with forward slashes, in the order of the names. */
    static SortedMap<String, Path> files(Path folder) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            paths.filter(Files::isRegularFile)
                    .forEach(
                            path -> files.put(folder.relativize(path).toString().replace('\\', '/'), path));
        }
        return files;
    }

    private static void update(MessageDigest digest, byte[] bytes) {
        // The length first, so that bytes cannot wander from a name into a content unseen.
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }
}
