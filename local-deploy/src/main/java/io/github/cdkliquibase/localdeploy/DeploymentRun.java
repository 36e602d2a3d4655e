package io.github.cdkliquibase.localdeploy;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Carries a deployment out: sets the stage, sends the events, shows the answers. */
final class DeploymentRun {

    /** Not listed: they get rows in each deploy. */
    private static final Set<String> NOTES_OF_DEPLOYS = Set.of("databasechangelogdeploys", "databasechangelogwaysback");

    private static final String CA_FILE = "local-deploy-ca.pem";

    private final Deployment deployment;
    private final ConsoleOutput console;

    DeploymentRun(Deployment deployment, ConsoleOutput console) {
        this.deployment = deployment;
        this.console = console;
    }

    /** Returns whether every event succeeded. */
    boolean run() {
        LambdaFunction.requireLinux();
        Thread interrupted = new Thread(console::interrupted, "interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            return played();
        } finally {
            forget(interrupted);
        }
    }

    private static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the thread has done what it is for.
        }
    }

    private boolean played() {
        long started = System.nanoTime();
        try (ScratchFolder layer = ScratchFolder.create("changelog");
                TargetDatabase database = database();
                SecretsManagerEndpoint secrets = SecretsManagerEndpoint.open();
                ResponseBucket bucket = ResponseBucket.open();
                LambdaFunction function = LambdaFunction.create(settings(layer, database, secrets))) {
            console.stage(deployment, database, Duration.ofNanos(System.nanoTime() - started));
            String secretArn = secrets.put("local-deploy/database", database.secret());
            CustomResource resource = switch (deployment.protocol()) {
                case DIRECT -> CustomResource.direct(function.arn(), function::invoke, bucket);
                case PROVIDER -> CustomResource.behindProvider(function.arn(), function::invoke, bucket);
            };
            return deployment.events().stream()
                    .allMatch(event -> succeeds(event, resource, properties(secretArn, database), function, database));
        }
    }

    private TargetDatabase database() {
        return deployment.existingDatabase().isPresent()
                ? deployment.existingDatabase().get()
                : EmbeddedDatabase.start();
    }

    private FunctionSettings settings(ScratchFolder layer, TargetDatabase database, SecretsManagerEndpoint secrets) {
        return deployment
                .function()
                .withVariable("CHANGELOG_DIR", changelog(layer, database).toString())
                .withVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url().toString())
                // As the construct sets it.
                .withVariable("LC_ALL", "C.UTF-8")
                .withLog(console::functionLine);
    }

    // A copy, as a layer is one, so that a CA can be added without writing to the person's folder.
    private Path changelog(ScratchFolder layer, TargetDatabase database) {
        Path copy = layer.resolve("changelog");
        ScratchFolder.copy(deployment.changelog(), copy);
        database.certificateAuthority().ifPresent(pem -> {
            try {
                Files.writeString(copy.resolve(CA_FILE), pem);
            } catch (IOException e) {
                throw new UncheckedIOException("CA could not be added to the changelog", e);
            }
        });
        return copy;
    }

    private Map<String, Object> properties(String secretArn, TargetDatabase database) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("DeployedAt", Instant.now().toString());
        properties.put("SecretArn", secretArn);
        properties.put("SslMode", database.sslMode());
        database.certificateAuthority().ifPresent(pem -> properties.put("SslRootCert", CA_FILE));
        deployment.changelogFile().ifPresent(file -> properties.put("ChangelogFile", file));
        deployment.contexts().ifPresent(contexts -> properties.put("Contexts", contexts));
        deployment.labelFilter().ifPresent(filter -> properties.put("LabelFilter", filter));
        deployment.schema().ifPresent(schema -> properties.put("DefaultSchema", schema));
        if (!deployment.parameters().isEmpty()) {
            properties.put("Parameters", deployment.parameters());
        }
        return properties;
    }

    private boolean succeeds(
            RequestType event,
            CustomResource resource,
            Map<String, Object> properties,
            LambdaFunction function,
            TargetDatabase database) {
        console.event(event);
        int coldStarts = function.coldStarts();
        Answer answer = switch (event) {
            case CREATE -> resource.create(properties);
            case UPDATE -> resource.update(properties);
            case DELETE -> resource.delete();
        };
        boolean cold = function.coldStarts() > coldStarts;
        console.answer(answer, cold ? function.coldStart() : answer.invocation().duration(), cold);
        try {
            console.tables(database.tables().stream()
                    .filter(table -> !NOTES_OF_DEPLOYS.contains(table.name()))
                    .toList());
        } catch (SQLException e) {
            console.note("The tables cannot be listed: " + e.getMessage());
        }
        return answer.succeeded();
    }
}
