package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What is in the zip, and what is not. */
final class ArtifactIT {

    /** Far below Lambda's 50 MB for a direct upload; a new dependency has to be worth a look at this line. */
    private static final long LARGEST_BYTES = 22_000_000;

    /** Each jar is on the class path of every cold start; one more has to be worth a look at this line. */
    private static final int MOST_JARS = 50;

    /** Of a row of the list of jars, with the empty ones at both ends. */
    private static final int COLUMNS = 8;

    private static final String LICENSES = "META-INF/licenses/";

    @Test
    void classesAreAtTheRootAndDependenciesAreJarsInLib() throws IOException {
        assertThat(entries()).contains("io/github/cdkliquibase/lambda/MigrationHandler.class", "rds-ca.pem");
        assertThat(entries())
                .filteredOn(entry -> entry.endsWith(".jar"))
                .hasSizeBetween(1, MOST_JARS)
                .allMatch(entry -> entry.matches("lib/[^/]+\\.jar"));
        assertThat(Files.size(Stage.artifact())).isLessThan(LARGEST_BYTES);
    }

    @Test
    void thereIsOneHttpClientOfAwsAndNoNetty() throws IOException {
        assertThat(entries()).anyMatch(entry -> entry.startsWith("lib/url-connection-client-"));
        assertThat(entries())
                .noneMatch(entry ->
                        entry.matches("lib/(netty-|apache-client-|apache5-client-|aws-crt-client-|aws-crt-).*"));
    }

    @Test
    void nothingThatOnlyTestsOrCompilersNeedIsInIt() throws IOException {
        assertThat(entries())
                .noneMatch(
                        entry -> entry.matches(
                                "lib/(junit|assertj|archunit|checker-qual|jspecify|error_prone|joda-time|aspectjrt|jaxb-api).*"));
    }

    @Test
    void everyJarIsListedWithItsLicenceAndTheDayOfTheLastLookForFaults() throws IOException {
        Set<String> listed = new HashSet<>();
        Set<String> found = new HashSet<>();
        List<String> jars = jars();
        for (String[] cells : thirdParties()) {
            assertThat(cells[4]).as("licence of %s", cells[3]).isNotBlank();
            assertThat(cells[5]).as("day of %s", cells[3]).matches("20\\d\\d-\\d\\d-\\d\\d");
            assertThat(cells[6]).as("known faults of %s", cells[3]).isNotBlank();
            for (String name : names(cells)) {
                listed.add(name);
                found.addAll(intersection(fileNames(name, cells), jars));
            }
        }
        assertThat(found).as("listed, of the jars in the zip").containsExactlyInAnyOrderElementsOf(jars);
        assertThat(listed).as("names that the list has").hasSameSizeAs(jars);
    }

    @Test
    void theTextOfEveryLicenceIsInItsJarOrBesideTheJars() throws IOException {
        List<String> entries = entries();
        String notices = entry(LICENSES + "NOTICE.txt");
        for (String[] cells : thirdParties()) {
            for (String name : names(cells)) {
                for (String jar : intersection(fileNames(name, cells), jars())) {
                    if (!bringsItsLicence(jar)) {
                        assertThat(entries).as("%s: %s", jar, cells[4]).containsAll(texts(cells[4]));
                        assertThat(notices).containsPattern("(?m)^(.*, )?" + Pattern.quote(name) + "(,.*)?$");
                    }
                }
            }
        }
    }

    @Test
    void theSbomListsTheJarsOfTheZipAndNothingElse() throws IOException {
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

        assertThat(listed).isEqualTo(hashes());
        // Either would differ from build to build.
        assertThat(content.has("serialNumber")).isFalse();
        assertThat(content.path("metadata").has("timestamp")).isFalse();
    }

    private static Map<String, String> hashes() throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (String jar : jars()) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes("lib/" + jar));
                hashes.put(jar, HexFormat.of().formatHex(hash));
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }
        return hashes;
    }

    private static List<String> jars() throws IOException {
        return entries().stream()
                .filter(entry -> entry.endsWith(".jar"))
                .map(entry -> entry.substring("lib/".length()))
                .toList();
    }

    /** The rows of the list of jars, each cut into its cells. */
    private static List<String[]> thirdParties() throws IOException {
        return entry("THIRD-PARTY.md")
                .lines()
                .map(row -> row.split("\\s*\\|\\s*", -1))
                .filter(cells -> cells.length == COLUMNS && cells[1].startsWith("`"))
                .toList();
    }

    private static List<String> names(String[] cells) {
        return List.of(cells[3].replace("`", "").split(" ", -1));
    }

    private static Set<String> fileNames(String name, String[] cells) {
        return Stream.of(cells[2].split(", ", -1))
                .map(version -> name + "-" + version + ".jar")
                .collect(Collectors.toSet());
    }

    private static Set<String> intersection(Set<String> some, List<String> others) {
        Set<String> both = new HashSet<>(some);
        both.retainAll(others);
        return both;
    }

    // As "EPL-2.0 or LGPL-2.1", or "Apache-2.0; 5.0.4: FSL-1.1-ALv2".
    private static List<String> texts(String licences) {
        return Stream.of(licences.split("; |, | or |: ", -1))
                .filter(word -> Character.isUpperCase(word.charAt(0)))
                .map(licence -> LICENSES + licence + ".txt")
                .toList();
    }

    private static boolean bringsItsLicence(String jar) throws IOException {
        try (ZipInputStream content = new ZipInputStream(new ByteArrayInputStream(bytes("lib/" + jar)))) {
            for (ZipEntry entry = content.getNextEntry(); entry != null; entry = content.getNextEntry()) {
                if (entry.getName().matches("META-INF/LICENSE(\\.txt)?")) {
                    return true;
                }
            }
            return false;
        }
    }

    private static byte[] bytes(String name) throws IOException {
        try (ZipFile zip = new ZipFile(Stage.artifact().toFile());
                InputStream content = zip.getInputStream(zip.getEntry(name))) {
            return content.readAllBytes();
        }
    }

    private static String entry(String name) throws IOException {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    @Test
    void ourClassesAreForJava21() throws IOException {
        try (ZipFile zip = new ZipFile(Stage.artifact().toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().startsWith("io/") && entry.getName().endsWith(".class")) {
                    try (DataInputStream content = new DataInputStream(zip.getInputStream(entry))) {
                        assertThat(content.readInt()).isEqualTo(0xCAFEBABE);
                        content.readUnsignedShort();
                        assertThat(content.readUnsignedShort())
                                .as(entry.getName())
                                .isEqualTo(65);
                    }
                }
            }
        }
    }

    @Test
    void everyEntryHasTheSameTimeSoThatTheSameSourcesGiveTheSameBytes() throws IOException {
        try (ZipFile zip = new ZipFile(Stage.artifact().toFile())) {
            assertThat(Collections.list(zip.entries()))
                    .extracting(ZipEntry::getTimeLocal)
                    .containsOnly(java.time.LocalDateTime.of(2026, 1, 1, 0, 0));
        }
    }

    private static List<String> entries() throws IOException {
        try (ZipFile zip = new ZipFile(Stage.artifact().toFile())) {
            return Collections.list(zip.entries()).stream()
                    .map(ZipEntry::getName)
                    .toList();
        }
    }
}
