package io.github.cdkliquibase.stage.function;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a function is made of. Immutable: the {@code with} methods return changed copies.
 *
 * @param name the function's name; last part of its ARN
 * @param artifact the zip: classes at its root, jars under {@code lib/}
 * @param handler the handler string, such as {@code com.example.Handler::onEvent}
 * @param runtimeClient folder that holds the jars of AWS's Java runtime interface client, and nothing else
 * @param environment the function's own variables, which win over those that Lambda sets
 * @param layerJars jars beside those of the zip. Lambda takes them from a layer's {@code java/lib}; the runtime client
 *     looks for them in one fixed folder of the system, so here they join {@code lib/} of the unpacked zip
 * @param timeout time of one invocation, longer than zero and at most 15 minutes
 * @param memoryMegabytes memory, 128 to 10,240; the heap gets 85 % of it, as in Lambda
 * @param log receives every line of standard output and standard error, in the order in which they were written. It is
 *     called from another thread, never twice at the same time
 * @param launcher words in front of the command that starts the process: a program that becomes that command, such as one
 *     that limits it; empty for none
 */
public record FunctionSettings(
        String name,
        Path artifact,
        String handler,
        Path runtimeClient,
        Map<String, String> environment,
        List<Path> layerJars,
        Duration timeout,
        int memoryMegabytes,
        Consumer<String> log,
        List<String> launcher) {

    private static final Duration LONGEST = Duration.ofMinutes(15);

    public FunctionSettings {
        environment = Map.copyOf(environment);
        layerJars = List.copyOf(layerJars);
        launcher = List.copyOf(launcher);
        if (!Files.isRegularFile(artifact)) {
            throw new IllegalArgumentException(
                    "Artifact '%s' is not a file. 'mvn -q -DskipTests package' builds it".formatted(artifact));
        }
        if (!holdsJars(runtimeClient)) {
            throw new IllegalArgumentException(
                    "Folder '%s' must hold the jars of the Lambda runtime interface client, and there are none. 'mvn -q -DskipTests package' puts them there"
                            .formatted(runtimeClient));
        }
        if (timeout.compareTo(Duration.ZERO) <= 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "Timeout must be longer than zero and at most 'PT15M', got '%s'".formatted(timeout));
        }
        if (memoryMegabytes < 128 || memoryMegabytes > 10_240) {
            throw new IllegalArgumentException(
                    "Memory must be 128 to 10240 megabytes, got '%d'".formatted(memoryMegabytes));
        }
    }

    /**
     * A function with Lambda's usual frame: no variables, no layer, 15 minutes, 1,769 MB (one full vCPU in Lambda), and
     * nobody who reads the log.
     */
    public static FunctionSettings of(Path artifact, String handler, Path runtimeClient) {
        return new FunctionSettings(
                "db-migration",
                artifact,
                handler,
                runtimeClient,
                Map.of(),
                List.of(),
                LONGEST,
                1769,
                line -> {},
                List.of());
    }

    public FunctionSettings withName(String newName) {
        return new FunctionSettings(
                newName,
                artifact,
                handler,
                runtimeClient,
                environment,
                layerJars,
                timeout,
                memoryMegabytes,
                log,
                launcher);
    }

    public FunctionSettings withArtifact(Path newArtifact) {
        return new FunctionSettings(
                name,
                newArtifact,
                handler,
                runtimeClient,
                environment,
                layerJars,
                timeout,
                memoryMegabytes,
                log,
                launcher);
    }

    public FunctionSettings withHandler(String newHandler) {
        return new FunctionSettings(
                name,
                artifact,
                newHandler,
                runtimeClient,
                environment,
                layerJars,
                timeout,
                memoryMegabytes,
                log,
                launcher);
    }

    /** Adds one variable, or replaces it. */
    public FunctionSettings withVariable(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new FunctionSettings(
                name, artifact, handler, runtimeClient, more, layerJars, timeout, memoryMegabytes, log, launcher);
    }

    public FunctionSettings withLayerJars(List<Path> jars) {
        return new FunctionSettings(
                name, artifact, handler, runtimeClient, environment, jars, timeout, memoryMegabytes, log, launcher);
    }

    public FunctionSettings withTimeout(Duration newTimeout) {
        return new FunctionSettings(
                name,
                artifact,
                handler,
                runtimeClient,
                environment,
                layerJars,
                newTimeout,
                memoryMegabytes,
                log,
                launcher);
    }

    public FunctionSettings withMemory(int megabytes) {
        return new FunctionSettings(
                name, artifact, handler, runtimeClient, environment, layerJars, timeout, megabytes, log, launcher);
    }

    public FunctionSettings withLog(Consumer<String> newLog) {
        return new FunctionSettings(
                name,
                artifact,
                handler,
                runtimeClient,
                environment,
                layerJars,
                timeout,
                memoryMegabytes,
                newLog,
                launcher);
    }

    /** Replaces the words in front of the command that starts the process. */
    public FunctionSettings withLauncher(List<String> words) {
        return new FunctionSettings(
                name, artifact, handler, runtimeClient, environment, layerJars, timeout, memoryMegabytes, log, words);
    }

    /**
     * The options that Lambda gives to the JVM of a function.
     *
     * @param memoryMegabytes the function's memory; the heap gets 85 % of it
     */
    public static List<String> jvmOptions(int memoryMegabytes) {
        return List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx" + memoryMegabytes * 85L * 1024L / 100 + "k");
    }

    private static boolean holdsJars(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".jar"));
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
