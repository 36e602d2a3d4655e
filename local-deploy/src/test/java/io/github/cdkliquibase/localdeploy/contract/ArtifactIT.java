package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What is in the zip, and what is not. */
final class ArtifactIT {

    /** Far below Lambda's 50 MB for a direct upload; a new dependency has to be worth a look at this line. */
    private static final long LARGEST_BYTES = 22_000_000;

    /** Each jar is on the class path of every cold start; one more has to be worth a look at this line. */
    private static final int MOST_JARS = 50;

    /** Of a row of the list of jars, with the empty ones at both ends. */
    private static final int COLUMNS = 8;

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
        List<String> jars = entries().stream()
                .filter(entry -> entry.endsWith(".jar"))
                .map(entry -> entry.substring("lib/".length()))
                .toList();
        for (String row : entry("THIRD-PARTY.md").lines().toList()) {
            String[] cells = row.split("\\s*\\|\\s*", -1);
            if (cells.length != COLUMNS || !cells[1].startsWith("`")) {
                continue;
            }
            assertThat(cells[4]).as("licence of %s", cells[3]).isNotBlank();
            assertThat(cells[5]).as("day of %s", cells[3]).matches("20\\d\\d-\\d\\d-\\d\\d");
            assertThat(cells[6]).as("known faults of %s", cells[3]).isNotBlank();
            for (String name : cells[3].replace("`", "").split(" ", -1)) {
                listed.add(name);
                for (String version : cells[2].split(", ", -1)) {
                    String jar = name + "-" + version + ".jar";
                    if (jars.contains(jar)) {
                        found.add(jar);
                    }
                }
            }
        }
        assertThat(found).as("listed, of the jars in the zip").containsExactlyInAnyOrderElementsOf(jars);
        assertThat(listed).as("names that the list has").hasSameSizeAs(jars);
    }

    private static String entry(String name) throws IOException {
        try (ZipFile zip = new ZipFile(Stage.artifact().toFile());
                InputStream content = zip.getInputStream(zip.getEntry(name))) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
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
