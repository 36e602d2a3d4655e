package io.github.cdkliquibase.localdeploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command with the zip that this build has made. */
class LocalDeployIT {

    private final Path folder;
    private final StringWriter out = new StringWriter();

    LocalDeployIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"provider", "direct"})
    void secondDeployHasNothingToDoAndDeleteKeepsTheTables(String protocol) throws IOException {
        changelog("create table notes (id int); insert into notes values (1), (2);");

        assertThat(execute(Map.of(), "--protocol", protocol, "--events", "Create,Update,Delete"))
                .isZero();
        assertThat(out.toString())
                .containsSubsequence(
                        "Create",
                        "  1 of 1  changelog.sql::one::ann   ",
                        "  SUCCESS in ",
                        " (cold)",
                        "    AppliedChangesets     1",
                        "public.notes                  2 rows",
                        "Update",
                        "  SUCCESS in ",
                        " (warm)",
                        "  Nothing was left to apply",
                        "  Tables as before",
                        "Delete",
                        "  SUCCESS in ",
                        "  Tables as before");
    }

    @Test
    void failedDeployEndsWithItsReasonAndExitCodeOne() throws IOException {
        changelog("insert into nowhere values (1);");

        assertThat(execute(Map.of(), "--events", "Create,Update")).isEqualTo(1);
        assertThat(out.toString())
                .contains("FAILED in ", "Reason: ", "changelog.sql::one::ann", "42P01")
                .doesNotContain("Update");
    }

    @Test
    @Tag("slow")
    void contextsLabelsParametersAndSchemaReachLiquibase() throws IOException {
        changelog("create table ${name} (id int);", "context:test labels:v1");
        try (EmbeddedDatabase database = EmbeddedDatabase.start()) {
            int code = onExisting(
                    database,
                    "--contexts",
                    "test",
                    "--label-filter",
                    "v1",
                    "--parameter",
                    "name=thoughts",
                    "--schema",
                    "public");

            assertThat(code).isZero();
            assertThat(out.toString()).contains("existing, " + database.jdbcUrl(), "public.thoughts");
            assertThat(onExisting(database, "--contexts", "prod", "--parameter", "name=other"))
                    .isZero();
            assertThat(out.toString()).doesNotContain("public.other");
        }
    }

    @Test
    @Tag("slow")
    void foldersOfThePersonStayAsTheyAre() throws IOException {
        Path changelog = changelog("select 1;");
        execute(Map.of(), "--events", "Create");

        try (Stream<Path> files = Files.list(changelog)) {
            assertThat(files).containsExactly(changelog.resolve("changelog.sql"));
        }
    }

    @Test
    void interruptedDeployLeavesNothingBehind() throws IOException, InterruptedException {
        changelog("select pg_sleep(600);");
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                LocalDeploy.class.getName()));
        command.addAll(arguments());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            int port = port(lines);
            while (process.descendants().noneMatch(LocalDeployIT::isFunction)) {
                Thread.sleep(20);
            }
            ProcessHandle function = process.descendants()
                    .filter(LocalDeployIT::isFunction)
                    .findFirst()
                    .orElseThrow();
            process.destroy();

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            function.onExit().get(5, TimeUnit.SECONDS);
            assertThat(listens(port)).isFalse();
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("The function is still there", e);
        } finally {
            process.destroyForcibly();
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("local-deploy-"));
        }
    }

    private static boolean isFunction(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains("AWSLambda");
    }

    private static int port(BufferedReader lines) throws IOException {
        Pattern url = Pattern.compile("jdbc:postgresql://localhost:(\\d+)/");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher matcher = url.matcher(line);
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        throw new AssertionError("No database was started");
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private Path changelog(String sql) throws IOException {
        return changelog(sql, "");
    }

    private Path changelog(String sql, String attributes) throws IOException {
        Path changelog = Files.createDirectories(folder.resolve("changes"));
        Files.writeString(
                changelog.resolve("changelog.sql"),
                "--liquibase formatted sql\n--changeset ann:one %s\n%s\n".formatted(attributes, sql));
        return changelog;
    }

    private List<String> arguments(String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "--changelog", folder.resolve("changes").toString(),
                "--file", "changelog.sql",
                "--artifact", System.getProperty("localdeploy.artifact"),
                "--lambda-runtime", System.getProperty("localdeploy.lambda-runtime")));
        arguments.addAll(List.of(options));
        return arguments;
    }

    private int onExisting(EmbeddedDatabase database, String... options) throws IOException {
        Path ca = Files.writeString(
                folder.resolve("ca.pem"), database.certificateAuthority().orElseThrow());
        List<String> more = new ArrayList<>(List.of(
                "--database-url", database.jdbcUrl(),
                "--database-user", database.username(),
                "--database-password-env", "SECRET_WORD",
                "--ssl-root-cert", ca.toString()));
        more.addAll(List.of(options));
        return execute(Map.of("SECRET_WORD", database.password()), more.toArray(String[]::new));
    }

    private int execute(Map<String, String> environment, String... options) {
        int code = LocalDeploy.commandLine(environment)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments(options).toArray(String[]::new));
        assertThat(out.toString()).doesNotContain(environment.getOrDefault("SECRET_WORD", "PASSWORD_NONE"));
        return code;
    }
}
