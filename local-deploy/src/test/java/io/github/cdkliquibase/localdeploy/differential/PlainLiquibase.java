package io.github.cdkliquibase.localdeploy.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A warm process of plain Liquibase of one version, with the class path that its own POM asks for. */
final class PlainLiquibase implements AutoCloseable {

    static final String APACHE = "4.33.0";

    /** The versions to compare with. */
    static final List<String> VERSIONS =
            List.of(System.getProperty("differential.plain", APACHE + ",5.0.4").split(","));

    /** The version in the zip. */
    static final String IN_THE_ZIP = System.getProperty("localdeploy.liquibase-version", APACHE);

    private static final Path FOLDER = Path.of(System.getProperty("localdeploy.plain"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final AtomicInteger STARTED = new AtomicInteger();

    private final Process process;
    private final BufferedReader answers;
    private final String version;

    private PlainLiquibase(String version) {
        this.version = version;
        Path jars = FOLDER.resolve(version);
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException("Liquibase %s is not in '%s'; the phase pre-integration-test puts it there"
                    .formatted(version, jars));
        }
        try {
            Path log = Files.createDirectories(FOLDER.resolve("logs"))
                    .resolve("%s-%d.log".formatted(version, STARTED.incrementAndGet()));
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx512m",
                            "-cp",
                            jars + File.separator + "*" + File.pathSeparator + ownClasses(),
                            PlainProcess.class.getName())
                    .redirectError(log.toFile());
            // What would set something that the user did not.
            builder.environment().keySet().removeIf(PlainLiquibase::reachesLiquibase);
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put("TZ", "UTC");
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Plain Liquibase could not be started", e);
        }
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private static boolean reachesLiquibase(String variable) {
        return variable.startsWith("LIQUIBASE_") || variable.startsWith("PG") || variable.startsWith("JAVA_");
    }

    // The folder of these tests is not on the class path as a whole: a changelog could find files of it.
    private static Path ownClasses() throws IOException {
        Path own = Files.createDirectories(FOLDER.resolve("process"));
        for (Class<?> each : List.of(PlainProcess.class, PlainRequest.class, PlainAnswer.class)) {
            String name = each.getName().replace('.', '/') + ".class";
            Path copy = own.resolve(name);
            Files.createDirectories(copy.resolveSibling("."));
            try (var content = each.getClassLoader().getResourceAsStream(name)) {
                if (content == null) {
                    throw new IllegalStateException("No class file " + name);
                }
                Files.write(copy, content.readAllBytes());
            }
        }
        return own;
    }

    // One after the other: each start writes the same class files.
    static synchronized PlainLiquibase start(String version) {
        return new PlainLiquibase(version);
    }

    String version() {
        return version;
    }

    /** The same, where the user has set nothing but what it takes. */
    PlainAnswer update(Path folder, String file, TargetDatabase database) {
        return update(folder, file, database, Map.of(), List.of());
    }

    /** The same with parameters of the changelog, and with jars on the user's class path. */
    PlainAnswer update(
            Path folder, String file, TargetDatabase database, Map<String, String> parameters, List<Path> jars) {
        return update(new PlainRequest(
                folder.toString(),
                file,
                database.jdbcUrl() + "?sslmode=disable",
                database.username(),
                database.password(),
                null,
                null,
                parameters,
                null,
                null,
                null,
                null,
                jars.stream().map(Path::toString).toList()));
    }

    /** Applies a changelog and waits for the end. */
    synchronized PlainAnswer update(PlainRequest request) {
        try {
            process.getOutputStream().write((JSON.writeValueAsString(request) + "\n").getBytes(UTF_8));
            process.getOutputStream().flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("The process of Liquibase %s has ended with %d"
                        .formatted(version, process.onExit().join().exitValue()));
            }
            return JSON.readValue(answer, PlainAnswer.class);
        } catch (IOException e) {
            throw new UncheckedIOException("The process of Liquibase %s could not be asked".formatted(version), e);
        }
    }

    /** Name and version of the jars on its class path, as a check that they are the right ones. */
    static List<String> jars(String version) {
        try (Stream<Path> jars = Files.list(FOLDER.resolve(version))) {
            return jars.map(jar -> jar.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
