package io.github.cdkliquibase.localdeploy.contract;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The content of the zip that is shipped. */
final class Artifact {

    private static final String LIB = "lib/";

    private Artifact() {}

    static List<String> entries() throws IOException {
        try (ZipFile zip = new ZipFile(Stage.artifact().toFile())) {
            return Collections.list(zip.entries()).stream()
                    .map(ZipEntry::getName)
                    .toList();
        }
    }

    /** The file names of the jars. */
    static List<String> jars() throws IOException {
        return entries().stream()
                .filter(entry -> entry.endsWith(".jar"))
                .map(entry -> entry.substring(LIB.length()))
                .toList();
    }

    static byte[] jar(String fileName) throws IOException {
        return bytes(LIB + fileName);
    }

    static String text(String entry) throws IOException {
        return new String(bytes(entry), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String entry) throws IOException {
        try (ZipFile zip = new ZipFile(Stage.artifact().toFile());
                InputStream content = zip.getInputStream(zip.getEntry(entry))) {
            return content.readAllBytes();
        }
    }
}
