package io.github.cdkliquibase.infra.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.cdkliquibase.stage.function.Invocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The API of Lambda on loopback. It knows the operation Invoke, waits until the function has ended, and answers any other
 * request with an error.
 */
final class LambdaApi implements AutoCloseable {

    private static final Pattern INVOKE = Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BiFunction<String, String, Invocation> functions;

    private LambdaApi(HttpServer server, BiFunction<String, String, Invocation> functions) {
        this.server = server;
        this.functions = functions;
    }

    /**
     * Starts the API on a free port.
     *
     * @param functions invokes the function of an ARN with an event
     */
    static LambdaApi open(BiFunction<String, String, Invocation> functions) {
        try {
            LambdaApi api = new LambdaApi(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), functions);
            api.server.createContext("/", api::handle);
            api.server.setExecutor(api.threads);
            api.server.start();
            return api;
        } catch (IOException e) {
            throw new UncheckedIOException("Lambda could not be started on loopback", e);
        }
    }

    /** What {@code AWS_ENDPOINT_URL_LAMBDA} must be. */
    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String event = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            Matcher invoke = INVOKE.matcher(exchange.getRequestURI().getPath());
            if (!exchange.getRequestMethod().equals("POST") || !invoke.matches()) {
                fail(exchange, "UnknownOperationException", "Only Invoke is known here");
                return;
            }
            invoke(exchange, invoke.group(1), event);
        }
    }

    private void invoke(HttpExchange exchange, String arn, String event) throws IOException {
        Invocation invocation;
        try {
            invocation = functions.apply(arn, event);
        } catch (RuntimeException e) {
            fail(exchange, "ResourceNotFoundException", String.valueOf(e.getMessage()));
            return;
        }
        if (!(invocation instanceof Invocation.Success)) {
            exchange.getResponseHeaders().add("X-Amz-Function-Error", "Unhandled");
        }
        reply(exchange, 200, invocation.payload());
    }

    private static void fail(HttpExchange exchange, String type, String message) throws IOException {
        exchange.getResponseHeaders().add("X-Amzn-ErrorType", type);
        reply(exchange, 404, JSON.writeValueAsString(Map.of("Message", message)));
    }

    private static void reply(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
