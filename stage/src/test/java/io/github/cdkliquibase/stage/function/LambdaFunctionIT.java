package io.github.cdkliquibase.stage.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class LambdaFunctionIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final FunctionSettings settings;

    LambdaFunctionIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        settings = ProbeArtifact.settings(folder);
    }

    @Test
    void handlerGetsItsContext() throws IOException {
        try (LambdaFunction function =
                LambdaFunction.create(settings.withName("probe").withMemory(512).withTimeout(Duration.ofSeconds(30)))) {
            JsonNode context = success(function.invoke(event("context", "")));

            assertThat(context.path("arn").asText()).isEqualTo(function.arn()).endsWith(":function:probe");
            assertThat(context.path("name").asText()).isEqualTo("probe");
            assertThat(context.path("memory").asText()).isEqualTo("512");
            assertThat(context.path("remaining").asInt()).isBetween(25_000, 30_000);
        }
    }

    @Test
    void classPathIsTheZipWithItsLibAndTheLayer() throws IOException {
        Path layer = ProbeArtifact.jarFile(folder.resolve("layer.jar"), "from-layer.txt", "in the layer");
        try (LambdaFunction function = LambdaFunction.create(settings.withLayerJars(List.of(layer)))) {
            assertThat(value(function, "resource", "from-lib.txt")).isEqualTo("in a jar of the zip");
            assertThat(value(function, "resource", "from-layer.txt")).isEqualTo("in the layer");
            // Only the runtime client is on the class path itself.
            assertThat(value(function, "resource", "org/postgresql/Driver.class"))
                    .isEqualTo("absent");
        }
    }

    @Test
    void aLauncherBecomesTheProcess() throws IOException {
        List<String> launcher = List.of("/bin/sh", "-c", "LAUNCHED=yes exec \"$@\"", "sh");
        try (LambdaFunction function = LambdaFunction.create(settings.withLauncher(launcher))) {
            assertThat(function.processId()).isEmpty();
            String pid = pid(function);

            assertThat(success(function.invoke(event("environment", "")))
                            .path("LAUNCHED")
                            .asText())
                    .isEqualTo("yes");
            assertThat(function.processId()).hasValue(Long.parseLong(pid));
            function.kill();
            assertThat(function.processId()).isEmpty();
        }
    }

    @Test
    void secondInvocationFindsTheProcessWarm() throws IOException {
        try (LambdaFunction function = LambdaFunction.create(settings)) {
            String first = pid(function);
            Duration cold = function.coldStart();
            Invocation second = function.invoke(event("", ""));

            assertThat(success(second).path("pid").asText()).isEqualTo(first);
            assertThat(second.duration()).isLessThan(cold);
            assertThat(function.coldStart()).isEqualTo(cold);
            assertThat(function.coldStarts()).isEqualTo(1);
        }
    }

    @Test
    void exceptionIsAFunctionErrorAndTheProcessLives() throws IOException {
        try (LambdaFunction function = LambdaFunction.create(settings)) {
            String pid = pid(function);
            Invocation failed = function.invoke(event("throw", "not like this"));

            assertThat(failed).isInstanceOfSatisfying(Invocation.FunctionError.class, error -> {
                assertThat(error.errorType()).isEqualTo("java.lang.IllegalArgumentException");
                assertThat(error.errorMessage()).isEqualTo("not like this");
                assertThat(error.payload()).contains("stackTrace");
            });
            assertThat(pid(function)).isEqualTo(pid);
        }
    }

    @Test
    void errorOfTheVirtualMachineIsReportedAndTheNextEventMeetsANewProcess() throws IOException {
        try (LambdaFunction function = LambdaFunction.create(settings)) {
            String pid = pid(function);
            Invocation failed = function.invoke(event("exhaust", "no memory"));

            assertThat(failed)
                    .isInstanceOfSatisfying(
                            Invocation.FunctionError.class,
                            error -> assertThat(error.errorType()).isEqualTo("java.lang.OutOfMemoryError"));
            assertThat(pid(function)).isNotEqualTo(pid);
            assertThat(function.coldStarts()).isEqualTo(2);
        }
    }

    @Test
    void processThatExitsIsReplaced() throws IOException {
        try (LambdaFunction function = LambdaFunction.create(settings)) {
            Invocation exited = function.invoke(event("exit", "3"));

            assertThat(exited)
                    .isInstanceOfSatisfying(
                            Invocation.Exited.class,
                            exit -> assertThat(exit.exitCode()).isEqualTo(3));
            assertThat(JSON.readTree(exited.payload()).path("errorMessage").asText())
                    .endsWith("Error: Runtime exited with error: exit status 3");
            assertThat(pid(function)).isNotEmpty();
        }
    }

    @Test
    void functionThatTakesTooLongIsKilled() throws IOException {
        try (LambdaFunction function = LambdaFunction.create(settings.withTimeout(Duration.ofSeconds(1)))) {
            String pid = pid(function);
            Invocation late = function.invoke(event("sleep", "60000"));

            assertThat(late).isInstanceOf(Invocation.TimedOut.class);
            assertThat(late.duration()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
            assertThat(JSON.readTree(late.payload()).path("errorMessage").asText())
                    .endsWith("Task timed out after 1.00 seconds");
            assertThat(alive(pid)).isFalse();
        }
    }

    @Test
    void processThatIsKilledEndsItsInvocation() throws IOException {
        CompletableFuture<String> asleep = new CompletableFuture<>();
        try (LambdaFunction function = LambdaFunction.create(settings.withLog(asleep::complete))) {
            CompletableFuture<Invocation> invocation =
                    CompletableFuture.supplyAsync(() -> function.invoke(event("sleep", "60000")));
            assertThat(asleep.join()).isEqualTo("sleeping");
            function.kill();

            assertThat(invocation.join())
                    .isInstanceOfSatisfying(
                            Invocation.Exited.class,
                            exit -> assertThat(exit.exitCode()).isEqualTo(137));
        }
    }

    @Test
    void handlerThatCannotBeLoadedIsAFunctionError() throws IOException {
        try (LambdaFunction function = LambdaFunction.create(settings.withVariable("PROBE_CONSTRUCTOR_FAILS", "1"))) {
            for (int i = 0; i < 2; i++) {
                assertThat(function.invoke(event("", "")))
                        .isInstanceOfSatisfying(
                                Invocation.FunctionError.class,
                                error -> assertThat(error.errorMessage()).contains("No probe today"));
            }
        }
    }

    @Test
    void linesOfBothStreamsAreToldInOrderBeforeTheAnswer() throws IOException {
        List<String> told = new ArrayList<>();
        try (LambdaFunction function = LambdaFunction.create(settings.withLog(told::add))) {
            function.invoke(event("print", "500"));
            List<String> expected =
                    IntStream.range(0, 500).mapToObj(i -> "line " + i).toList();

            assertThat(List.copyOf(told)).endsWith(expected.toArray(String[]::new));
            assertThat(function.output()).isEqualTo(told);
        }
    }

    @Test
    void environmentHoldsNothingOfThePerson() throws IOException {
        try (LambdaFunction function =
                LambdaFunction.create(settings.withVariable("CHANGELOG_DIR", "/opt/changelog"))) {
            JsonNode environment = success(function.invoke(event("environment", "")));
            List<String> names = new ArrayList<>();
            environment.fieldNames().forEachRemaining(names::add);

            assertThat(environment.path("CHANGELOG_DIR").asText()).isEqualTo("/opt/changelog");
            assertThat(names)
                    .allMatch(
                            name -> name.matches("AWS_.*|LAMBDA_TASK_ROOT|_HANDLER|PATH|LANG|TZ|TMPDIR|CHANGELOG_DIR"));
            assertThat(value(function, "property", "user.home")).doesNotContain(System.getProperty("user.home"));
        }
    }

    @Test
    void heapIsEightyFivePercentOfTheMemory() throws IOException {
        try (LambdaFunction function = LambdaFunction.create(settings.withMemory(512))) {
            long heap = Long.parseLong(value(function, "heap", ""));

            // The serial collector does not count one of its survivor spaces.
            assertThat(heap).isBetween(400L << 20, (512L * 85 / 100) << 20);
        }
    }

    @Test
    void closingEndsTheProcessAndDeletesItsFiles() throws IOException {
        LambdaFunction function = LambdaFunction.create(settings);
        String pid;
        String temporary;
        try (function) {
            pid = pid(function);
            temporary = success(function.invoke(event("write", "text")))
                    .path("folder")
                    .asText();
            assertThat(Path.of(temporary, "probe")).hasContent("text");
        }

        assertThat(alive(pid)).isFalse();
        assertThat(Files.exists(Path.of(temporary))).isFalse();
        assertThat(function.output()).contains("no line feed");
    }

    @Test
    void twoFunctionsRunSideBySide() throws IOException {
        try (LambdaFunction one = LambdaFunction.create(settings);
                LambdaFunction other = LambdaFunction.create(settings.withName("other"))) {
            CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> pid(one));
            CompletableFuture<String> second = CompletableFuture.supplyAsync(() -> pid(other));

            assertThat(first.join()).isNotEqualTo(second.join());
        }
    }

    @Test
    void missingZipIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FunctionSettings.of(folder.resolve("none.zip"), "a.B", ProbeArtifact.runtimeClient()))
                .withMessageContaining("none.zip' is not a file");
    }

    private static String pid(LambdaFunction function) {
        return success(function.invoke(event("", ""))).path("pid").asText();
    }

    private static String value(LambdaFunction function, String action, String argument) {
        return success(function.invoke(event(action, argument))).path("value").asText();
    }

    private static JsonNode success(Invocation invocation) {
        assertThat(invocation).isInstanceOf(Invocation.Success.class);
        return json(invocation.payload());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private static String event(String action, String argument) {
        return JSON.valueToTree(Map.of("action", action, "argument", argument)).toString();
    }

    private static boolean alive(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }
}
