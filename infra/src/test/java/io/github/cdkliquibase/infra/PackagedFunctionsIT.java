package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/** The sample app with the zips that the build has made, the one that comes with the constructs among them. */
final class PackagedFunctionsIT {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"provider", "direct"})
    void everyHandlerStringNamesAPublicMethodInItsZip(String protocol) throws Exception {
        SynthesisedStack stack = synthesise(Map.of("protocol", protocol));

        List<JsonNode> functions = javaFunctions(stack);

        assertThat(functions).hasSize(3);
        for (JsonNode function : functions) {
            String[] handler = function.path("Handler").asText().split("::", 2);
            String method = handler.length == 2 ? handler[1] : "handleRequest";
            try (ScratchFolder task = ScratchFolder.create("task");
                    URLClassLoader zip = loader(task, stack.assetFile(function.path("Code")))) {
                assertThat(Arrays.stream(zip.loadClass(handler[0]).getMethods()))
                        .as("%s::%s", handler[0], method)
                        .anyMatch(each -> each.getName().equals(method));
            }
        }
    }

    @Test
    void descriptionSaysTheVersionOfTheZipThatComesWithTheConstructs() throws IOException {
        String version = Pattern.compile("<artifactId>cdk-liquibase-parent</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);

        assertThat(javaFunctions(synthesise(Map.of())))
                .extracting(function -> function.path("Description").asText())
                .contains(
                        "Runs a Liquibase changelog as a CloudFormation custom resource (cdk-liquibase %s)"
                                .formatted(version),
                        "Keeps the roles of a database as a CloudFormation custom resource (cdk-liquibase %s)"
                                .formatted(version));
    }

    @Test
    void sameZipsGiveTheSameAssets() {
        assertThat(synthesise(Map.of()).template())
                .isEqualTo(synthesise(Map.of()).template());
    }

    // The zip then deflates each jar as one stream, and is a third smaller.
    @Test
    void everyEntryOfAJarInTheZipsIsStored() throws IOException {
        SynthesisedStack stack = synthesise(Map.of());
        for (JsonNode function : javaFunctions(stack)) {
            try (ScratchFolder task = ScratchFolder.create("task")) {
                ScratchFolder.unzip(stack.assetFile(function.path("Code")), task.path());
                assertThat(task.path().resolve("lib"))
                        .isDirectoryContaining("glob:**.jar")
                        .isDirectoryNotContaining(PackagedFunctionsIT::hasDeflatedEntries);
            }
        }
    }

    private static boolean hasDeflatedEntries(Path jar) {
        try (ZipFile content = new ZipFile(jar.toFile())) {
            return content.stream().anyMatch(entry -> entry.getMethod() != ZipEntry.STORED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SynthesisedStack synthesise(Map<String, Object> context) {
        try {
            App app = new App(AppProps.builder()
                    .outdir(Files.createTempDirectory(folder, "cdk.out").toString())
                    .context(context)
                    .build());
            InfraApp.addStacks(app, Clock.fixed(Inputs.NOW, ZoneOffset.UTC));
            app.synth();
            return SynthesisedStack.of(Path.of(app.getOutdir()), "Shop-development");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<JsonNode> javaFunctions(SynthesisedStack stack) {
        return stack.all("AWS::Lambda::Function").stream()
                .map(function -> function.path("Properties"))
                .filter(function -> function.path("Runtime").asText().startsWith("java"))
                .toList();
    }

    // As Lambda's runtime does: classes at the root, jars in lib; nothing of this test's own class path.
    private static URLClassLoader loader(ScratchFolder task, Path zip) throws IOException {
        ScratchFolder.unzip(zip, task.path());
        try (Stream<Path> jars = Files.list(task.resolve("lib"))) {
            URL[] urls = Stream.concat(Stream.of(task.path()), jars)
                    .map(PackagedFunctionsIT::url)
                    .toArray(URL[]::new);
            return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }
}
