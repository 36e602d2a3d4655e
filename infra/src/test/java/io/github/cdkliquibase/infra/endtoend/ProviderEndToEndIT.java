package io.github.cdkliquibase.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.constructs.migration.Protocol;
import io.github.cdkliquibase.infra.SampleApp;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.RecordedRequest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Behind CDK's Provider: the code that it puts into the assembly runs in Node, with the AWS SDK. */
final class ProviderEndToEndIT extends EndToEndContract {

    /** What CDK's framework makes the id of a resource that could not be created. */
    private static final String CREATE_FAILED = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED";

    private static final String FRAMEWORK = "nodejs24.x";

    /** How many lines CDK's command line asks CloudWatch for, and how many of them it prints. */
    private static final int CDKS_LINES = 1_000;

    private static final int CDKS_LAST_LINES = 50;

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
        RecordedRequest answer = stage().bucket.uploads().getLast();
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
        Template.Resource function = migrationFunction(assembly);

        List<String> shown = shownOf(assembly, log(assembly));

        assertThat(created.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(shown).first().isEqualTo("Logs from /aws/lambda/" + function.name() + ":");
        // The runtime client reports the exception on lines of its own, behind those of the function.
        assertThat(shown.subList(1, shown.size()))
                .filteredOn(line -> !line.isEmpty() && !line.contains("cloudformation.Refusal"))
                .hasSizeGreaterThan(5)
                .allMatch(line -> line.matches("(?s)(INFO |WARN |ERROR) .*"))
                .noneMatch(line -> line.contains("{\""))
                .anyMatch(line -> line.startsWith("ERROR Create failed after ")
                        && line.contains("Changeset 'db/changelog/changes.sql::3::bob' failed: relation \"nowhere\""));
    }

    /**
     * CDK asks for 1,000 lines of the last two minutes. Where changesets are slow these hold the end of the run; where they are
     * quick CloudWatch gives the oldest 1,000, and only the reason tells what has failed.
     */
    @Test
    @Tag("slow")
    void theLast50LinesOfAThousandChangesetsTellTheStory() {
        CloudAssembly assembly = stage().synthesise(aThousandTheLastIsWrong());
        Answer created = stage().stack(assembly).create();
        List<String> log = log(assembly);

        List<String> shown = shownOf(assembly, log.subList(log.size() - CDKS_LINES, log.size()));
        List<String> shownOfAll = shownOf(assembly, log);

        String story =
                "Changeset 'db/changelog/changes.sql::1000::many' failed: relation \"nowhere\" does not exist (SQLSTATE 42P01). 999 of 1000 changesets were applied and stay";
        assertThat(created.reason()).contains(story);
        assertThat(log).hasSizeGreaterThan(2 * 999);
        assertThat(shown).hasSize(2 + CDKS_LAST_LINES);
        assertThat(shown.get(1)).endsWith(" earlier lines omitted)");
        assertThat(shown.subList(2, shown.size()))
                .anyMatch(line -> line.matches("INFO .*changes\\.sql::999::many.*"))
                .anyMatch(line -> line.startsWith("ERROR ") && line.contains("changes.sql::1000::many' failed"))
                .anyMatch(line -> line.startsWith("ERROR Create failed after ") && line.contains(story));
        assertThat(shownOfAll).hasSize(2 + CDKS_LAST_LINES).noneMatch(line -> line.startsWith("ERROR "));
    }

    private static String aThousandTheLastIsWrong() {
        StringBuilder changelog = new StringBuilder();
        for (int id = 1; id < 1_000; id++) {
            changelog.append("--changeset many:%d\nselect %1$d;\n".formatted(id));
        }
        return changelog
                .append("--changeset many:1000\nalter table nowhere add column x int;\n")
                .toString();
    }

    private static Template.Resource migrationFunction(CloudAssembly assembly) {
        return assembly.templates().stream()
                .flatMap(Template::resources)
                .filter(resource -> resource.property("Runtime").asText().equals("java21"))
                .findFirst()
                .orElseThrow();
    }

    private List<String> log(CloudAssembly assembly) {
        return stage().functions
                .output(Functions.arn(migrationFunction(assembly).name()));
    }

    private static List<String> shownOf(CloudAssembly assembly, List<String> log) {
        return CdkCommandLine.showsOf(
                assembly.only("Custom::DatabaseMigration"),
                Map.of(CdkCommandLine.logGroupOf(migrationFunction(assembly)), log));
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
