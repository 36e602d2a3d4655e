package io.github.cdkliquibase.stage.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packs the probe as a Lambda zip is packed: its class at the root, a jar under {@code lib/}. */
final class ProbeArtifact {

    static final String HANDLER = ProbeHandler.class.getName();

    private ProbeArtifact() {}

    static FunctionSettings settings(Path folder) throws IOException {
        String classFile = HANDLER.replace('.', '/') + ".class";
        Path zip = zip(
                folder.resolve("probe.zip"),
                Map.of(classFile, bytes(classFile), "lib/one.jar", jar("from-lib.txt", "in a jar of the zip")));
        return FunctionSettings.of(zip, HANDLER, runtimeClient());
    }

    static Path runtimeClient() {
        return Path.of(System.getProperty("localdeploy.lambda-runtime"));
    }

    static Path jarFile(Path file, String resource, String content) throws IOException {
        return Files.write(file, jar(resource, content));
    }

    private static byte[] jar(String resource, String content) throws IOException {
        return zipped(Map.of(resource, content.getBytes(UTF_8)));
    }

    static Path zip(Path file, Map<String, byte[]> entries) throws IOException {
        return Files.write(file, zipped(entries));
    }

    private static byte[] zipped(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(String classFile) throws IOException {
        try (InputStream content = ProbeArtifact.class.getClassLoader().getResourceAsStream(classFile)) {
            return Objects.requireNonNull(content).readAllBytes();
        }
    }
}
