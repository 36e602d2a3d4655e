package io.github.cdkliquibase.localdeploy.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A deploy is short only if the code of the function is that of the newest successful deploy. A short deploy does not start Liquibase, and
 * asks the server three times at most.
 */
final class UnchangedFunctionIT extends RepeatedDeploys {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private ScratchFolder folder;
    /** Has the function that the test's resource invokes. */
    private Stage current;

    UnchangedFunctionIT() {
        super(TIMEOUT, Stage::direct);
    }

    @BeforeEach
    void invokeTheWarmFunction() {
        folder = ScratchFolder.create("code");
        current = stage;
        resource = CustomResource.direct(stage.function.arn(), event -> current.invoke(event), stage.bucket);
        stage.sql(ONE);
    }

    @AfterEach
    void deleteCode() {
        folder.close();
    }

    /** A function of its own that has the changelog folder and the secrets of the warm one. */
    private Stage another(UnaryOperator<FunctionSettings> change) {
        Stage another = Stage.direct(settings -> change.apply(settings.withTimeout(TIMEOUT)
                .withVariable("CHANGELOG_DIR", stage.changelogs().toString())
                .withVariable(
                        "AWS_ENDPOINT_URL_SECRETS_MANAGER", stage.secrets.url().toString())));
        another.canary(database.password());
        return another;
    }

    /** Deploys with a function of its own: the first deploy is full, and the second one short. */
    private void assertNoticed(UnaryOperator<FunctionSettings> change) {
        try (Stage changed = another(change)) {
            current = changed;
            assertFull();
            assertShort();
            changed.nothingLeaked();
        }
    }

    @Test
    void aShortDeployLoadsNoClassOfLiquibase() throws IOException {
        assertFull();
        Path loaded = folder.resolve("loaded.txt");
        String options = "-Xlog:class+load:file=" + loaded + ":none";
        try (Stage fresh = another(settings -> settings.withVariable("JAVA_TOOL_OPTIONS", options))) {
            current = fresh;

            assertShort();
            assertThat(classesOfLiquibase(loaded)).isEmpty();

            assertFull(deploy(Map.of("WhenUnchanged", "RUN")));
            assertThat(classesOfLiquibase(loaded)).isNotEmpty();
            fresh.noSecretIsShown();
        }
    }

    // Only the first ones: there are hundreds of them in a full deploy.
    private static List<String> classesOfLiquibase(Path loaded) throws IOException {
        try (Stream<String> lines = Files.lines(loaded)) {
            return lines.filter(line -> line.startsWith("liquibase."))
                    .map(line -> line.replaceFirst(" .*", ""))
                    .limit(5)
                    .toList();
        }
    }

    @Test
    void aShortDeployAsksTheServerThreeTimesAtMost() {
        try (CountingProxy proxy = CountingProxy.before(server.port())) {
            Map<String, ?> properties = Map.of("Port", proxy.port(), "SslMode", "disable");
            assertFull(deploy(properties));
            assertThat(proxy.roundTrips()).isGreaterThan(3);
            proxy.reset();

            assertShort(deploy(properties));

            assertThat(proxy.connections()).isEqualTo(1);
            assertThat(proxy.roundTrips()).isBetween(1, 3);
        }
    }

    // The class belongs to the other handler of the zip, and is not loaded here.
    @Test
    void aChangedByteOfTheFunctionIsNoticed() throws IOException {
        Path changed = folder.resolve("changed.zip");
        copyChanged(Stage.artifact(), changed, "io/github/cdkliquibase/lambda/RolesHandler.class");
        assertFull();
        assertShort();

        assertNoticed(settings -> settings.withArtifact(changed));
    }

    private static void copyChanged(Path zip, Path copy, String changed) throws IOException {
        try (ZipFile from = new ZipFile(zip.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(copy))) {
            assertThat(from.getEntry(changed)).isNotNull();
            for (ZipEntry entry : Collections.list(from.entries())) {
                byte[] content = from.getInputStream(entry).readAllBytes();
                if (entry.getName().equals(changed)) {
                    content[content.length - 1] ^= 1;
                }
                to.putNextEntry(new ZipEntry(entry.getName()));
                to.write(content);
            }
        }
    }

    @Test
    void anAddedAndAChangedJarOfALayerAreNoticed() throws IOException {
        Path one = jar("one", "first");
        Path other = jar("other", "second");
        assertFull();

        assertNoticed(settings -> settings.withLayerJars(List.of(one)));
        assertNoticed(settings -> settings.withLayerJars(List.of(other)));

        current = stage;
        assertFull();
        assertShort();
    }

    private Path jar(String place, String content) throws IOException {
        Path jar = Files.createDirectories(folder.resolve(place)).resolve("changes.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("content.txt"));
            zip.write(content.getBytes(UTF_8));
        }
        return jar;
    }
}
