package io.github.cdkliquibase.stage.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** Lambda's runtime API on loopback, for one process: what it asks for its next event, and tells how it went. */
final class RuntimeApi implements AutoCloseable {

    private static final String INVOCATIONS = "/2018-06-01/runtime/invocation/";
    private static final int OK = 200;
    private static final int ACCEPTED = 202;

    private final String functionArn;
    private final Duration timeout;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Pending> waiting = new LinkedBlockingQueue<>();
    private final ConcurrentHashMap<String, Pending> running = new ConcurrentHashMap<>();
    private final CompletableFuture<String> initError = new CompletableFuture<>();

    /** An event on its way: {@code delivered} when the process has it, {@code answer} when it is done. */
    record Pending(
            String requestId, String event, CompletableFuture<Instant> delivered, CompletableFuture<Report> answer) {
        static Pending of(String event) {
            return new Pending(
                    UUID.randomUUID().toString(), event, new CompletableFuture<>(), new CompletableFuture<>());
        }
    }

    /** What the process reported: a response or an error, as JSON. */
    record Report(boolean success, String body) {}

    RuntimeApi(String functionArn, Duration timeout) {
        this.functionArn = functionArn;
        this.timeout = timeout;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("Runtime API could not be started on loopback", e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    /** Host and port, as {@code AWS_LAMBDA_RUNTIME_API} wants them. */
    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    void submit(Pending pending) {
        waiting.add(pending);
    }

    /** Completes with the error, as JSON, if the process reports that it could not be initialised. */
    CompletableFuture<String> initError() {
        return initError;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals(INVOCATIONS + "next")) {
                next(exchange);
                return;
            }
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            exchange.sendResponseHeaders(report(path, body), -1);
        }
    }

    private void next(HttpExchange exchange) throws IOException {
        Pending pending;
        try {
            pending = waiting.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Instant now = Instant.now();
        running.put(pending.requestId(), pending);
        byte[] event = pending.event().getBytes(UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.add("Content-Type", "application/json");
        headers.add("Lambda-Runtime-Aws-Request-Id", pending.requestId());
        headers.add(
                "Lambda-Runtime-Deadline-Ms", Long.toString(now.plus(timeout).toEpochMilli()));
        headers.add("Lambda-Runtime-Invoked-Function-Arn", functionArn);
        headers.add("Lambda-Runtime-Trace-Id", traceId(now));
        exchange.sendResponseHeaders(OK, event.length);
        pending.delivered().complete(now);
        exchange.getResponseBody().write(event);
    }

    // Takes a report in and returns the status to answer with.
    private int report(String path, String body) {
        if (path.equals("/2018-06-01/runtime/init/error")) {
            initError.complete(body);
            return ACCEPTED;
        }
        String[] idAndKind = path.startsWith(INVOCATIONS)
                ? path.substring(INVOCATIONS.length()).split("/", -1)
                : new String[0];
        Pending pending = idAndKind.length == 2 ? running.remove(idAndKind[0]) : null;
        if (pending == null) {
            return 404;
        }
        pending.answer().complete(new Report(idAndKind[1].equals("response"), body));
        return ACCEPTED;
    }

    private static String traceId(Instant now) {
        String random = UUID.randomUUID().toString().replace("-", "").substring(0, 24);
        return "Root=1-%08x-%s;Sampled=0".formatted(now.getEpochSecond(), random);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
