package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.ResponseBucket;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A deploy with nothing to do, from the start of the function's process to its answer, beside a bare JVM that connects
 * with the same driver and TLS and selects 1. In turns; the median of the ratios of the pairs is the figure to quote.
 */
final class NoOpDeploy {

    private static final int PAIRS = 11;
    private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private NoOpDeploy() {}

    /** Called with the project's root folder; the zip must have been built. */
    @SuppressWarnings("SystemOut") // figures for a person
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]).toRealPath();
        try (EmbeddedDatabase database = EmbeddedDatabase.start();
                SecretsManagerEndpoint secrets = SecretsManagerEndpoint.open();
                ResponseBucket bucket = ResponseBucket.open();
                ScratchFolder layer = ScratchFolder.create("benchmark")) {
            Path changelog = layer.resolve("changelog");
            ScratchFolder.copy(root.resolve("changelog/src/main/resources"), changelog);
            Path authority = Files.writeString(
                    changelog.resolve("ca.pem"), database.certificateAuthority().orElseThrow());
            Map<String, Object> properties =
                    Map.of("SecretArn", secrets.put("benchmark", database.secret()), "SslRootCert", "ca.pem");
            FunctionSettings settings = FunctionSettings.of(
                            root.resolve("migration-lambda/target/migration-lambda.zip"),
                            "io.github.cdkliquibase.lambda.MigrationHandler::onEvent",
                            root.resolve("stage/target/lambda-runtime"))
                    .withMemory(512)
                    .withVariable("CHANGELOG_DIR", changelog.toString())
                    .withVariable(
                            "AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url().toString());

            coldDeploy(settings, bucket, properties);
            selectOne(database, authority);
            List<Double> deploys = new ArrayList<>();
            List<Double> floors = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int pair = 0; pair < PAIRS; pair++) {
                double deploy = millis(coldDeploy(settings, bucket, properties));
                double floor = millis(selectOne(database, authority));
                deploys.add(deploy);
                floors.add(floor);
                ratios.add(deploy / floor);
            }
            System.out.printf(Locale.ROOT, "%d pairs, function of 512 MB, %s%n", PAIRS, String.join(" ", JVM));
            System.out.println(row("no-op deploy, process start to answer, ms", deploys));
            System.out.println(row("bare JVM, connect and select 1, ms", floors));
            System.out.println(row("ratio", ratios));
        }
    }

    private static Duration coldDeploy(
            FunctionSettings settings, ResponseBucket bucket, Map<String, Object> properties) {
        try (LambdaFunction function = LambdaFunction.create(settings)) {
            Answer answer = CustomResource.behindProvider(function.arn(), function::invoke, bucket)
                    .create(properties);
            if (!answer.succeeded()) {
                throw new IllegalStateException(answer.reason());
            }
            return function.coldStart();
        }
    }

    private static Duration selectOne(EmbeddedDatabase database, Path authority)
            throws IOException, InterruptedException, SQLException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.add("-cp");
        command.add(location(SelectOne.class)
                + File.pathSeparator
                + location(DriverManager.getDriver("jdbc:postgresql:").getClass()));
        command.addAll(
                List.of(SelectOne.class.getName(), database.jdbcUrl(), database.username(), authority.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("PGPASSWORD", database.password());
        long start = System.nanoTime();
        int exit = builder.start().waitFor();
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        if (exit != 0) {
            throw new IllegalStateException("The bare JVM ended with " + exit);
        }
        return time;
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private static String row(String name, List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        String figures = Arrays.stream(new double[] {sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1]})
                .mapToObj(value -> String.format(Locale.ROOT, "%9.2f", value))
                .collect(Collectors.joining());
        return String.format(Locale.ROOT, "%-45s min, median, max %s", name, figures);
    }
}
