package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What is in the zip, and what is not. */
final class ArtifactIT {

    /** Far below Lambda's 50 MB for a direct upload; a new dependency has to be worth a look at this line. */
    private static final long LARGEST_BYTES = 16_500_000;

    /** Each jar is on the class path of every cold start; one more has to be worth a look at this line. */
    private static final int MOST_JARS = 50;

    private static final String LICENSES = "META-INF/licenses/";

    @Test
    void classesAreAtTheRootAndDependenciesAreJarsInLib() throws IOException {
        assertThat(Artifact.entries()).contains("io/github/cdkliquibase/lambda/MigrationHandler.class", "rds-ca.pem");
        assertThat(Artifact.entries())
                .filteredOn(entry -> entry.endsWith(".jar"))
                .hasSizeBetween(1, MOST_JARS)
                .allMatch(entry -> entry.matches("lib/[^/]+\\.jar"));
        assertThat(Files.size(Stage.artifact())).isLessThan(LARGEST_BYTES);
    }

    @Test
    void thereIsOneHttpClientOfAwsAndNoNetty() throws IOException {
        assertThat(Artifact.entries()).anyMatch(entry -> entry.startsWith("lib/url-connection-client-"));
        assertThat(Artifact.entries())
                .noneMatch(entry ->
                        entry.matches("lib/(netty-|apache-client-|apache5-client-|aws-crt-client-|aws-crt-).*"));
    }

    @Test
    void nothingThatOnlyTestsOrCompilersNeedIsInIt() throws IOException {
        assertThat(Artifact.entries())
                .noneMatch(
                        entry -> entry.matches(
                                "lib/(junit|assertj|archunit|checker-qual|jspecify|error_prone|joda-time|aspectjrt|jaxb-api).*"));
    }

    @Test
    void everyJarIsListedWithItsLicenceAndTheDayOfTheLastLookForFaults() throws IOException {
        Set<String> listed = new HashSet<>();
        Set<String> found = new HashSet<>();
        List<String> jars = Artifact.jars();
        for (ThirdParty each : ThirdParty.all()) {
            assertThat(each.licences()).as("licence of %s", each.names()).isNotBlank();
            assertThat(each.day()).as("day of %s", each.names()).matches("20\\d\\d-\\d\\d-\\d\\d");
            assertThat(each.knownFaults())
                    .as("known faults of %s", each.names())
                    .isNotBlank();
            for (String name : each.names()) {
                listed.add(name);
                found.addAll(intersection(each.fileNames(name), jars));
            }
        }
        assertThat(found).as("listed, of the jars in the zip").containsExactlyInAnyOrderElementsOf(jars);
        assertThat(listed).as("names that the list has").hasSameSizeAs(jars);
    }

    @Test
    void theTextOfEveryLicenceIsInItsJarOrBesideTheJars() throws IOException {
        List<String> entries = Artifact.entries();
        String notices = Artifact.text(LICENSES + "NOTICE.txt");
        for (ThirdParty each : ThirdParty.all()) {
            for (String name : each.names()) {
                for (String jar : intersection(each.fileNames(name), Artifact.jars())) {
                    if (!bringsItsLicence(jar)) {
                        assertThat(entries).as("%s: %s", jar, each.licences()).containsAll(texts(each.licences()));
                        assertThat(notices).containsPattern("(?m)^(.*, )?" + Pattern.quote(name) + "(,.*)?$");
                    }
                }
            }
        }
    }

    private static Set<String> intersection(List<String> some, List<String> others) {
        Set<String> both = new HashSet<>(some);
        both.retainAll(others);
        return both;
    }

    private static List<String> texts(String licences) {
        return Stream.of(licences.split("; |, | or |: ", -1))
                .filter(word -> Character.isUpperCase(word.charAt(0)))
                .map(licence -> LICENSES + licence + ".txt")
                .toList();
    }

    private static boolean bringsItsLicence(String jar) throws IOException {
        try (ZipInputStream content = new ZipInputStream(new ByteArrayInputStream(Artifact.jar(jar)))) {
            for (ZipEntry entry = content.getNextEntry(); entry != null; entry = content.getNextEntry()) {
                if (entry.getName().matches("META-INF/LICENSE(\\.txt)?")) {
                    return true;
                }
            }
            return false;
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
}
