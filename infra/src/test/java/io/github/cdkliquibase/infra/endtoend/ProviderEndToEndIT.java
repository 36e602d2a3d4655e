package io.github.cdkliquibase.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.infra.SampleApp;
import io.github.cdkliquibase.infra.migration.Protocol;
import io.github.cdkliquibase.localdeploy.cloudformation.Answer;
import io.github.cdkliquibase.localdeploy.cloudformation.Upload;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Behind CDK's Provider: the code that it puts into the assembly runs in Node, with the AWS SDK. */
final class ProviderEndToEndIT extends EndToEndContract {

    /** What CDK's framework makes the id of a resource that could not be created. */
    private static final String CREATE_FAILED = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED";

    private static final String FRAMEWORK = "nodejs24.x";

    @Override
    Stage.App app() {
        return (assembly, changelog, authority, clock) ->
                SampleApp.migration(Protocol.PROVIDER, assembly, changelog, authority, clock);
    }

    @Override
    List<String> runtimes() {
        return List.of(FRAMEWORK, "java21");
    }

    // Of quotes and backslashes, which JSON escapes: the longest that a reason can become in an answer.
    @Test
    void theFunctionsErrorIsTheReasonAndLeavesRoomForTheFrameworksOwnWords() {
        DeployedStack stack = stage().stack(stage().synthesise("""
                --changeset bob:1 splitStatements:false
                do $$ begin raise exception '%', repeat('"\\', 1000); end $$
                """));

        Answer created = stack.create();
        Upload answer = stage().bucket.uploads().getLast();
        int invoked = stage().functions.invoked().size();
        Answer deleted = stack.delete();

        assertThat(created.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(created.physicalResourceId()).isEqualTo(CREATE_FAILED);
        assertThat(created.reason())
                .startsWith("Error: Changeset 'db/changelog/changes.sql::1::bob' failed: \"\\\"\\")
                .contains("(SQLSTATE P0001). 0 of 1 changesets were applied", "\n\nLogs: /aws/lambda/");
        assertThat(answer.size()).isLessThan(4096);
        assertThat(deleted.status()).as(deleted.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(stage().functions.invoked().stream().skip(invoked)).containsExactly(FRAMEWORK);
    }

    /** On a failure it prints the last 50 lines of a log group, of lines in JSON their fields level and message. */
    @Test
    void cdksCommandLineShowsTheLogOfTheFunction() {
        CloudAssembly assembly = stage().synthesise("--changeset bob:3\nalter table nowhere add column x int;\n");
        Answer created = stage().stack(assembly).create();
        Template.Resource function = assembly.templates().stream()
                .flatMap(Template::resources)
                .filter(resource -> resource.property("Runtime").asText().equals("java21"))
                .findFirst()
                .orElseThrow();

        List<String> shown = CdkCommandLine.showsOf(
                assembly.only("Custom::DatabaseMigration"),
                Map.of(CdkCommandLine.logGroupOf(function), stage().functions.output(Functions.arn(function.name()))));

        assertThat(created.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(shown).first().isEqualTo("Logs from /aws/lambda/" + function.name() + ":");
        // The runtime client reports the exception on lines of its own, behind those of the function.
        assertThat(shown.subList(1, shown.size()))
                .filteredOn(line -> !line.isEmpty() && !line.contains("CustomResourceHandler$Refusal"))
                .hasSizeGreaterThan(5)
                .allMatch(line -> line.matches("(?s)(INFO |WARN |ERROR) .*"))
                .noneMatch(line -> line.contains("{\""))
                .anyMatch(line -> line.startsWith("ERROR Create failed after ")
                        && line.contains("Changeset 'db/changelog/changes.sql::3::bob' failed: relation \"nowhere\""));
    }

    @Test
    void aFunctionThatIsKilledIsAnsweredForWithinSeconds() throws Exception {
        DeployedStack stack =
                stage().stack(stage().synthesise("--changeset bob:2\nselect pg_sleep(600) as end_to_end;\n"));

        // Not in the common pool, which the JDK needs to tell that a process has ended.
        CompletableFuture<Answer> created = CompletableFuture.supplyAsync(stack::create, Thread::startVirtualThread);
        awaitStatement("end_to_end");
        stage().functions.kill();

        Answer answer = created.get(10, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(answer.reason()).contains("Runtime exited with error: signal: killed");
    }

    private void awaitStatement(String word) throws SQLException, InterruptedException {
        String running = "select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
                + " and query like '%" + word + "%'";
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try (Connection connection = stage().database.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            while (!isThere(statement, running)) {
                assertThat(System.nanoTime())
                        .as("waiting for a statement with '%s'", word)
                        .isLessThan(end);
                Thread.sleep(50);
            }
        }
    }

    private static boolean isThere(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next();
        }
    }
}
