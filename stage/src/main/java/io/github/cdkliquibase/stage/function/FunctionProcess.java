package io.github.cdkliquibase.stage.function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkliquibase.stage.function.RuntimeApi.Pending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One process of a function, and the runtime API that it talks to. */
final class FunctionProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SHORTEST_START = Duration.ofSeconds(10);

    private final RuntimeApi api;
    private final Process process;
    private final Duration timeout;
    private final long started;

    private FunctionProcess(RuntimeApi api, Process process, Duration timeout, long started) {
        this.api = api;
        this.process = process;
        this.timeout = timeout;
        this.started = started;
    }

    static FunctionProcess start(FunctionSettings settings, Layout layout, String functionArn, Path log) {
        RuntimeApi api = new RuntimeApi(functionArn, settings.timeout());
        ProcessBuilder builder = new ProcessBuilder(command(settings, layout))
                .directory(layout.code().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(environment(settings, layout));
        environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
        long started = System.nanoTime();
        try {
            return new FunctionProcess(api, builder.start(), settings.timeout(), started);
        } catch (IOException e) {
            api.close();
            throw new UncheckedIOException("Process of the function could not be started", e);
        }
    }

    private static List<String> command(FunctionSettings settings, Layout layout) {
        List<String> command = new ArrayList<>(settings.launcher());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FunctionSettings.jvmOptions(settings.memoryMegabytes()));
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + layout.temporary(),
                "-Duser.home=" + layout.home(),
                "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
                        + layout.nativeLibrary(),
                "-cp",
                settings.runtimeClient().toAbsolutePath() + "/*",
                "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                settings.handler()));
        return command;
    }

    // What Lambda sets for Java 21, to the letter, and nothing of the person's own environment. The locale is one that
    // Lambda's image does not have, see aws/aws-lambda-base-images#234.
    private static Map<String, String> environment(FunctionSettings settings, Layout layout) {
        Map<String, String> variables = new HashMap<>();
        variables.put("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin");
        variables.put("LANG", "en_US.UTF-8");
        variables.put("TZ", ":UTC");
        variables.put("TMPDIR", layout.temporary().toString());
        variables.put("LAMBDA_TASK_ROOT", layout.code().toString());
        variables.put("_HANDLER", settings.handler());
        variables.put("AWS_REGION", LambdaFunction.REGION);
        variables.put("AWS_DEFAULT_REGION", LambdaFunction.REGION);
        variables.put("AWS_ACCESS_KEY_ID", LambdaFunction.ROLE.accessKeyId());
        variables.put("AWS_SECRET_ACCESS_KEY", LambdaFunction.ROLE.secretAccessKey());
        variables.put("AWS_SESSION_TOKEN", LambdaFunction.ROLE.sessionToken());
        variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_java21");
        variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
        variables.put("AWS_LAMBDA_FUNCTION_NAME", settings.name());
        variables.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
        variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(settings.memoryMegabytes()));
        variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + settings.name());
        variables.put(
                "AWS_LAMBDA_LOG_STREAM_NAME",
                "local-deploy/[$LATEST]/" + ProcessHandle.current().pid());
        variables.putAll(settings.environment());
        return variables;
    }

    boolean alive() {
        return process.isAlive();
    }

    long id() {
        return process.pid();
    }

    /** Time since the process was started. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /**
     * Hands over an event and waits for the end.
     *
     * @param pending the event; its {@code delivered} stays open if the process ended before it asked for an event
     */
    Invocation invoke(Pending pending) {
        CompletableFuture<Long> handedOver = pending.delivered().thenApply(instant -> System.nanoTime());
        CompletableFuture<Invocation> answered = pending.answer()
                .thenApply(report -> report.success()
                        ? new Invocation.Success(report.body(), since(handedOver))
                        : error(report.body(), since(handedOver)));
        CompletableFuture<Invocation> notLoaded = api.initError().thenApply(json -> error(json, Duration.ZERO));
        CompletableFuture<Invocation> exited = process.onExit()
                .thenApply(ended -> new Invocation.Exited(pending.requestId(), ended.exitValue(), since(handedOver)));
        CompletableFuture<Invocation> end =
                answered.applyToEither(notLoaded, each -> each).applyToEither(exited, each -> each);
        api.submit(pending);
        return await(pending, handedOver, end);
    }

    private Invocation await(Pending pending, CompletableFuture<Long> handedOver, CompletableFuture<Invocation> end) {
        try {
            Duration start = timeout.compareTo(SHORTEST_START) > 0 ? timeout : SHORTEST_START;
            CompletableFuture.anyOf(handedOver, end).get(start.toMillis(), TimeUnit.MILLISECONDS);
            return end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            kill();
            return new Invocation.TimedOut(pending.requestId(), timeout, since(handedOver));
        } catch (ExecutionException e) {
            throw new IllegalStateException("Invocation ended without a result", e);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the function ran", e);
        }
    }

    private static Duration since(CompletableFuture<Long> moment) {
        return moment.isDone() ? Duration.ofNanos(System.nanoTime() - moment.join()) : Duration.ZERO;
    }

    private static Invocation error(String json, Duration duration) {
        try {
            JsonNode error = JSON.readTree(json);
            return new Invocation.FunctionError(
                    error.path("errorType").asText(""),
                    error.path("errorMessage").asText(""),
                    json,
                    duration);
        } catch (JsonProcessingException e) {
            return new Invocation.FunctionError("", json, json, duration);
        }
    }

    /** Ends the process as Lambda does, without notice, and waits until it is gone. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
        api.close();
    }
}
