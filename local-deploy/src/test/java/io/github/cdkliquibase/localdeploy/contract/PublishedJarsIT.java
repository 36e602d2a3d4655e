package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarInputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars in the zip are packed again: their files differ from the published ones, and their content does not. */
final class PublishedJarsIT {

    private static final Path REPOSITORY = Path.of(System.getProperty("localdeploy.repository"));

    /** The files that Maven has fetched, by their names. */
    private final Map<String, Path> published = new TreeMap<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void findPublishedJars() throws IOException {
        for (ThirdParty each : ThirdParty.all()) {
            published.putAll(each.places(REPOSITORY));
        }
        published.keySet().retainAll(Artifact.jars());
        assertThat(published.keySet()).containsExactlyInAnyOrderElementsOf(Artifact.jars());
    }

    @Test
    void everyJarHasTheEntriesOfThePublishedOneInTheSameOrder() throws IOException {
        for (Map.Entry<String, Path> each : published.entrySet()) {
            assertThat(contents(unpacked(each.getKey())))
                    .as(each.getKey())
                    .isNotEmpty()
                    .isEqualTo(contents(each.getValue()));
        }
    }

    // Deflated ones would make the zip a third larger.
    @Test
    void everyEntryOfAJarIsStored() throws IOException {
        for (String jar : Artifact.jars()) {
            try (ZipFile content = new ZipFile(unpacked(jar).toFile())) {
                assertThat(Collections.list(content.entries()))
                        .as(jar)
                        .allMatch(entry -> entry.getMethod() == ZipEntry.STORED);
            }
        }
    }

    // A JarInputStream finds the manifest only at the start.
    @Test
    void everyManifestIsFoundByAReaderOfTheStream() throws IOException {
        for (String jar : Artifact.jars()) {
            try (JarInputStream content = new JarInputStream(new ByteArrayInputStream(Artifact.jar(jar)))) {
                assertThat(content.getManifest()).as(jar).isNotNull();
            }
        }
    }

    @Test
    void theSbomListsThePublishedJarsAndNothingElse() throws IOException {
        Path sbom = Stage.artifact().resolveSibling("migration-lambda.cdx.json");
        assumeThat(sbom).as("an SBOM, which Maven makes only online").exists();
        JsonNode content = new JsonMapper().readTree(Files.readString(sbom));

        Map<String, String> listed = new TreeMap<>();
        for (JsonNode each : content.path("components")) {
            for (JsonNode hash : each.path("hashes")) {
                if (hash.path("alg").asText().equals("SHA-256")) {
                    String file = each.path("name").asText() + "-"
                            + each.path("version").asText() + ".jar";
                    listed.put(file, hash.path("content").asText());
                }
            }
        }

        assertThat(listed).isEqualTo(hashesOfThePublished());
        // Either would differ from build to build.
        assertThat(content.has("serialNumber")).isFalse();
        assertThat(content.path("metadata").has("timestamp")).isFalse();
    }

    private Map<String, String> hashesOfThePublished() throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (Map.Entry<String, Path> each : published.entrySet()) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(each.getValue()));
                hashes.put(each.getKey(), HexFormat.of().formatHex(hash));
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }
        return hashes;
    }

    private Path unpacked(String jar) throws IOException {
        return Files.write(folder.resolve(jar), Artifact.jar(jar));
    }

    private static List<Content> contents(Path jar) throws IOException {
        List<Content> contents = new ArrayList<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream bytes = zip.getInputStream(entry)) {
                    contents.add(Content.of(entry.getName(), bytes.readAllBytes()));
                }
            }
        }
        return contents;
    }

    // Computes the checksum from the bytes, and does not trust the one that the jar states.
    private record Content(String name, int size, long checksum) {

        static Content of(String name, byte[] bytes) {
            CRC32 checksum = new CRC32();
            checksum.update(bytes);
            return new Content(name, bytes.length, checksum.getValue());
        }
    }
}
