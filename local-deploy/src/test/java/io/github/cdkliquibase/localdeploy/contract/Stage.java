package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.Invocation;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The zip in a function that stays warm, with everything that AWS would put around it. */
public final class Stage implements AutoCloseable {

    static final String HANDLER = "io.github.cdkliquibase.lambda.MigrationHandler";
    /** The root changelog, unless a property names another. */
    public static final String MASTER = "db/changelog/db.changelog-master.yaml";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int REPORT_LINES = 3;
    private static final Pattern REPORT_HEAD =
            Pattern.compile("(?<message>.+): (?<type>io\\.github\\.cdkliquibase\\.lambda\\.[A-Za-z.$]+)");
    private static final Path ARTIFACT = Path.of(System.getProperty("localdeploy.artifact"));
    private static final Path RUNTIME_CLIENT = Path.of(System.getProperty("localdeploy.lambda-runtime"));

    final SecretsManagerEndpoint secrets = SecretsManagerEndpoint.open();
    final ResponseBucket bucket = ResponseBucket.open();
    /** The function itself. */
    public final LambdaFunction function;

    private final ScratchFolder changelogs = ScratchFolder.create("changelogs");
    private final boolean provider;
    // From the start the parameter that makes a response URL a signed one.
    private final List<String> canaries = new ArrayList<>(List.of("X-Amz-Signature"));
    private final List<String> payloads = new CopyOnWriteArrayList<>();
    private int logRead;

    private Stage(boolean provider, UnaryOperator<FunctionSettings> settings) {
        this.provider = provider;
        FunctionSettings plain = FunctionSettings.of(
                        ARTIFACT, HANDLER + (provider ? "::onEvent" : "::handleRequest"), RUNTIME_CLIENT)
                .withTimeout(Duration.ofSeconds(60))
                .withVariable("CHANGELOG_DIR", changelogs.path().toString())
                .withVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url().toString());
        this.function = LambdaFunction.create(settings.apply(plain));
    }

    static Path artifact() {
        return ARTIFACT;
    }

    /** A stage whose function is invoked by CDK's Provider. */
    public static Stage behindProvider() {
        return behindProvider(UnaryOperator.identity());
    }

    /** A stage whose function is invoked by CDK's Provider, with these settings. */
    public static Stage behindProvider(UnaryOperator<FunctionSettings> settings) {
        return new Stage(true, settings);
    }

    /** A stage whose function is the service token itself, with these settings. */
    public static Stage direct(UnaryOperator<FunctionSettings> settings) {
        return new Stage(false, settings);
    }

    /** A resource that was never deployed. */
    public CustomResource resource() {
        return provider
                ? CustomResource.behindProvider(function.arn(), this::invoke, bucket)
                : CustomResource.direct(function.arn(), this::invoke, bucket);
    }

    /** Hands the function an event as it is. What comes back counts for {@link #nothingLeaked}. */
    Invocation invoke(String event) {
        Invocation invocation = function.invoke(event);
        payloads.add(invocation.payload());
        return invocation;
    }

    /** Empties the changelog folder. */
    public Stage empty() {
        try (var files = Files.walk(changelogs.path())) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .filter(file -> !file.equals(changelogs.path()))
                    .forEach(Stage::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file of the changelog folder. */
    public Stage file(String name, String content) {
        try {
            Path file = changelogs.resolve(name);
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Writes the root changelog, which includes one file of formatted SQL with this content. */
    Stage sql(String content) {
        return file(MASTER, "databaseChangeLog:\n  - include: { file: db/changelog/changes.sql }\n")
                .file("db/changelog/changes.sql", "--liquibase formatted sql\n" + content);
    }

    /** The changelog folder. */
    public Path changelogs() {
        return changelogs.path();
    }

    /** Properties that reach a database, plus these. Its password must never be seen from now on. */
    public Map<String, Object> properties(TargetDatabase database, Map<String, ?> more) {
        canary(database.password());
        Map<String, Object> properties = new HashMap<>();
        properties.put("SecretArn", secrets.put("database-" + database.databaseName(), database.secret()));
        properties.put("SslMode", database.sslMode());
        Optional<String> authority = database.certificateAuthority();
        if (authority.isPresent()) {
            file("ca.pem", authority.get());
            properties.put("SslRootCert", "ca.pem");
        }
        properties.putAll(more);
        return properties;
    }

    /**
     * Makes the function warm by deploys of the changelog that it has, until one succeeds. A cold start can take longer than the few
     * seconds that a test gives its function.
     */
    public void warmUp(Map<String, Object> properties) {
        await("a warm function", () -> resource().create(properties).succeeded());
    }

    /** Names a text that must be in nothing that the function wrote, sent or returned. */
    void canary(String secret) {
        canaries.add(secret);
    }

    /**
     * Fails if a secret or a signed URL is in what the function wrote, sent or returned, or if it wrote a line that is no
     * JSON object. Of the runtime client's own lines only its report of an exception of ours is let through.
     */
    public void nothingLeaked() {
        noSecretIsShown();
        ownLines(function.output());
    }

    /** The first half of {@link #nothingLeaked}, for a function that was made to write other lines than its own. */
    void noSecretIsShown() {
        bucket.uploads().forEach(upload -> assertNoSecret("an answer", upload.body()));
        payloads.forEach(payload -> assertNoSecret("what an invocation returned", payload));
        assertNoSecret("the log", String.join("\n", function.output()));
    }

    private void assertNoSecret(String where, String text) {
        assertThat(text).as(where).doesNotContain(canaries);
    }

    /**
     * The lines of the log since the last call, without what the runtime client itself wrote. Fails if there is any other
     * line that is no JSON object.
     */
    public List<JsonNode> newLogLines() {
        List<String> all = withoutHalfAReport(function.output());
        List<JsonNode> lines = ownLines(all.subList(logRead, all.size()));
        logRead = all.size();
        return lines;
    }

    // The runtime client writes its report after it has handed the error over, so it may be on its way.
    private static List<String> withoutHalfAReport(List<String> lines) {
        for (int first = Math.max(0, lines.size() - REPORT_LINES + 1); first < lines.size(); first++) {
            if (REPORT_HEAD.matcher(lines.get(first)).matches() && !isReportOfTheRuntimeClient(lines, first)) {
                return lines.subList(0, first);
            }
        }
        return lines;
    }

    /** Waits until the function has written a line of this event that {@link #newLogLines} has not given yet. */
    void awaitLogLine(String event) {
        awaitLogLines(event, 1);
    }

    /** The same for as many lines. */
    void awaitLogLines(String event, int count) {
        String line = "\"event\":\"" + event + "\"";
        await(count + " log lines " + event, () -> {
            List<String> all = function.output();
            return all.subList(logRead, all.size()).stream()
                            .filter(each -> each.contains(line))
                            .count()
                    >= count;
        });
    }

    /** Polls until the condition holds. */
    public static void await(String what, BooleanSupplier condition) {
        assertThat(within(Duration.ofSeconds(30), condition))
                .as("waiting for: " + what)
                .isTrue();
    }

    /** Polls until the condition holds, or the time is over; whether it came to hold. */
    static boolean within(Duration time, BooleanSupplier condition) {
        Instant end = Instant.now().plus(time);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                return false;
            }
            LockSupport.parkNanos(20_000_000);
        }
        return true;
    }

    private static List<JsonNode> ownLines(List<String> lines) {
        List<JsonNode> own = new ArrayList<>();
        int next = 0;
        while (next < lines.size()) {
            if (isReportOfTheRuntimeClient(lines, next)) {
                next += REPORT_LINES;
            } else {
                own.add(jsonObject(lines.get(next)));
                next++;
            }
        }
        return own;
    }

    // For an exception that leaves the handler: message and class, the stack trace, an empty line. The handler throws
    // without frames and without a cause, so the trace is one line; a longer one was not meant to be seen.
    private static boolean isReportOfTheRuntimeClient(List<String> lines, int first) {
        if (lines.size() - first < REPORT_LINES) {
            return false;
        }
        Matcher head = REPORT_HEAD.matcher(lines.get(first));
        return head.matches()
                && lines.get(first + 1).equals(head.group("type") + ": " + head.group("message"))
                && lines.get(first + 2).isEmpty();
    }

    private static JsonNode jsonObject(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            assertThat(json.isObject()).as("JSON object: %s", line).isTrue();
            return json;
        } catch (JsonProcessingException e) {
            throw new AssertionError("No JSON: " + line, e);
        }
    }

    /** The first column of the first row of what a query finds, as the user that migrates. */
    public static @Nullable String query(TargetDatabase database, String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError("Query failed: " + sql, e);
        }
    }

    /** Executes a statement as the user that migrates. */
    public static void execute(TargetDatabase database, String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("Statement failed: " + sql, e);
        }
    }

    @Override
    public void close() {
        function.close();
        bucket.close();
        secrets.close();
        changelogs.close();
    }
}
