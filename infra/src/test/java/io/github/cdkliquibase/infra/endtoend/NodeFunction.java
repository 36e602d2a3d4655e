package io.github.cdkliquibase.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cdkliquibase.stage.function.Invocation;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A function in Node, such as those of CDK's provider framework: a process of its own for each event. */
final class NodeFunction {

    /** Holds the AWS SDK, as Lambda's runtime does, and what starts the handler. */
    private static final Path RUNTIME = Path.of("src/test/provider").toAbsolutePath();

    private NodeFunction() {}

    static Invocation invoke(FunctionDefinition function, String event, URI awsApi) {
        long started = System.nanoTime();
        try {
            Process process = start(function, awsApi);
            Thread atExit = new Thread(process::destroyForcibly, "node-function-at-exit");
            Runtime.getRuntime().addShutdownHook(atExit);
            try (OutputStream in = process.getOutputStream()) {
                in.write(event.getBytes(UTF_8));
            }
            boolean ended = process.waitFor(function.timeout().toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(atExit);
            Duration duration = Duration.ofNanos(System.nanoTime() - started);
            return ended
                    ? end(process, duration)
                    : new Invocation.TimedOut(UUID.randomUUID().toString(), function.timeout(), duration);
        } catch (IOException e) {
            throw new UncheckedIOException("Function '%s' could not be run in Node".formatted(function.name()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a function ran in Node", e);
        }
    }

    private static Invocation end(Process process, Duration duration) throws IOException {
        return process.exitValue() == 0
                ? new Invocation.Success("null", duration)
                : new Invocation.FunctionError(
                        "Error", new String(process.getErrorStream().readAllBytes(), UTF_8), "{}", duration);
    }

    private static Process start(FunctionDefinition function, URI awsApi) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "node", RUNTIME.resolve("invoke.js").toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        String path = environment.get("PATH");
        environment.clear();
        environment.putAll(Map.of(
                "PATH", path,
                "NODE_PATH", RUNTIME.resolve("node_modules").toString(),
                "LAMBDA_TASK_ROOT", function.code().toString(),
                "_HANDLER", function.handler(),
                "AWS_REGION", LambdaFunction.REGION,
                "AWS_ACCESS_KEY_ID", "ASIALOCALDEPLOY00000",
                "AWS_SECRET_ACCESS_KEY", "local-deploy-has-no-secret-access-key",
                "AWS_ENDPOINT_URL_LAMBDA", awsApi.toString(),
                "AWS_ENDPOINT_URL_SFN", awsApi.toString()));
        environment.putAll(function.environment());
        return builder.start();
    }
}
