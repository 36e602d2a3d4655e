package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdkliquibase.localdeploy.cloudformation.CustomResource;
import io.github.cdkliquibase.localdeploy.cloudformation.ResponseBucket;
import io.github.cdkliquibase.localdeploy.database.TargetDatabase;
import io.github.cdkliquibase.localdeploy.function.FunctionSettings;
import io.github.cdkliquibase.localdeploy.function.LambdaFunction;
import io.github.cdkliquibase.localdeploy.scratch.ScratchFolder;
import io.github.cdkliquibase.localdeploy.secrets.SecretsManagerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The zip in a function that stays warm, with everything that AWS would put around it. */
final class Stage implements AutoCloseable {

    static final String HANDLER = "io.github.cdkliquibase.lambda.MigrationHandler";
    static final String MASTER = "db/changelog/db.changelog-master.yaml";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path ARTIFACT = Path.of(System.getProperty("localdeploy.artifact"));
    private static final Path RUNTIME_CLIENT = Path.of(System.getProperty("localdeploy.lambda-runtime"));

    final SecretsManagerEndpoint secrets = SecretsManagerEndpoint.open();
    final ResponseBucket bucket = ResponseBucket.open();
    final LambdaFunction function;

    private final ScratchFolder changelogs = ScratchFolder.create("changelogs");
    private final boolean provider;
    private final List<String> canaries = new ArrayList<>();
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

    static Stage behindProvider() {
        return behindProvider(UnaryOperator.identity());
    }

    static Stage behindProvider(UnaryOperator<FunctionSettings> settings) {
        return new Stage(true, settings);
    }

    static Stage direct(UnaryOperator<FunctionSettings> settings) {
        return new Stage(false, settings);
    }

    /** A resource that was never deployed. */
    CustomResource resource() {
        return provider
                ? CustomResource.behindProvider(function.arn(), function::invoke, bucket)
                : CustomResource.direct(function.arn(), function::invoke, bucket);
    }

    /** Empties the changelog folder. */
    Stage empty() {
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
    Stage file(String name, String content) {
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

    Path changelogs() {
        return changelogs.path();
    }

    /** Properties that reach a database, plus these. Its password must never be seen from now on. */
    Map<String, Object> properties(TargetDatabase database, Map<String, ?> more) {
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

    /** Names a text that must be in no answer and no line of the log. */
    void canary(String secret) {
        canaries.add(secret);
    }

    /** Fails if a secret, a signed URL or a line that is no JSON is in what the function wrote, or a secret in an answer. */
    void nothingLeaked() {
        String written = String.join("\n", function.output());
        bucket.uploads().forEach(upload -> assertThat(upload.body()).doesNotContain(canaries));
        assertThat(written).doesNotContain(canaries).doesNotContain("X-Amz-Signature");
    }

    /** The lines of the log since the last call, as far as they are the function's own and not the runtime client's. */
    List<JsonNode> newLogLines() {
        List<String> all = function.output();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : all.subList(logRead, all.size())) {
            if (line.startsWith("{")) {
                try {
                    lines.add(JSON.readTree(line));
                } catch (JsonProcessingException e) {
                    throw new AssertionError("No JSON: " + line, e);
                }
            }
        }
        logRead = all.size();
        return lines;
    }

    static @Nullable String query(TargetDatabase database, String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw new AssertionError("Query failed: " + sql, e);
        }
    }

    static void execute(TargetDatabase database, String sql) {
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
