package io.github.cdkliquibase.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdkliquibase.lambda.cloudformation.TestContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a function needs at its start is not paid for with what it needs later. */
final class LiquibaseIsLoadedLateTest {

    private static final String RUN_ENDED = "RUN ENDED: ";

    @TempDir
    private Path folder;

    @Test
    void noClassOfLiquibaseIsLoadedBeforeTheDatabaseAnswers() throws Exception {
        Run run = run(Map.of());

        assertThat(run.output()).contains(RUN_ENDED + "No connection to database 'shop' at 127.0.0.1:1 within 1 s");
        assertThat(run.loaded()).contains(MigrationHandler.class.getName(), Migration.class.getName());
        assertThat(run.loaded())
                .filteredOn(name -> name.startsWith("liquibase."))
                .isEmpty();
    }

    // The database may answer that nothing can be pending.
    @Test
    void aLabelFilterIsCheckedLater() throws Exception {
        Run run = run(Map.of("LabelFilter", "(v1"));

        assertThat(run.loaded())
                .filteredOn(name -> name.startsWith("liquibase."))
                .isEmpty();
    }

    // It also shows that the tests above see what they look for.
    @Test
    void whereLiquibaseLooksInAnyCaseALabelFilterIsCheckedBeforeThat() throws Exception {
        Run run = run(Map.of("LabelFilter", "(v1", "WhenUnchanged", "RUN"));

        assertThat(run.output()).contains(RUN_ENDED + "Property 'LabelFilter' must be an expression of labels");
        assertThat(run.loaded()).contains("liquibase.LabelExpression");
    }

    private record Run(String output, List<String> loaded) {}

    private Run run(Map<String, String> more) throws IOException, InterruptedException {
        Path changelog = Files.createDirectories(folder.resolve("db/changelog"));
        Files.writeString(changelog.resolve("db.changelog-master.yaml"), "databaseChangeLog: []\n");
        Path classes = folder.resolve("classes.log");
        Path output = folder.resolve("output.log");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xlog:class+load:file=" + classes + ":none",
                "-cp",
                System.getProperty("java.class.path"),
                Function.class.getName(),
                new JsonMapper().writeValueAsString(event(more)));
        java.environment()
                .putAll(Map.of(
                        "CHANGELOG_DIR", folder.toString(),
                        "AWS_REGION", "eu-central-1",
                        "AWS_ACCESS_KEY_ID", "id",
                        "AWS_SECRET_ACCESS_KEY", "key"));
        Process process =
                java.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(
                Files.readString(output),
                Files.readAllLines(classes).stream()
                        .map(line -> line.split(" ", 2)[0])
                        .toList());
    }

    private static Map<String, Object> event(Map<String, String> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "IamUsername", "migrator",
                "Host", "127.0.0.1",
                "Port", "1",
                "DatabaseName", "shop",
                "ConnectTimeout", "PT1S"));
        properties.putAll(more);
        return Map.of(
                "RequestType", "Create",
                "ServiceToken", "arn:provider",
                "StackId", "stack",
                "LogicalResourceId", "Migration",
                "ResourceProperties", properties);
    }

    /** One invocation of the function in a process of its own, as Lambda makes it. */
    static final class Function {

        private Function() {}

        @SuppressWarnings("SystemOut") // that is where the test reads it
        public static void main(String[] events) throws IOException {
            try {
                new MigrationHandler()
                        .onEvent(
                                new ByteArrayInputStream(events[0].getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                                new ByteArrayOutputStream(),
                                new TestContext("arn:function", 30_000));
                System.out.println(RUN_ENDED + "succeeded");
            } catch (RuntimeException e) {
                System.out.println(RUN_ENDED + e.getMessage());
            }
        }
    }
}
