package io.github.cdkliquibase.stage.secrets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Secrets Manager on loopback. It answers {@code GetSecretValue} by ARN or by name, to signed requests only (the
 * signature itself is not checked), and any other operation with an error.
 */
public final class SecretsManagerEndpoint implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Secret> secrets = new LinkedHashMap<>();
    private final Map<String, String> rotations = new HashMap<>();
    private final List<String> reads = new ArrayList<>();
    private final Map<String, String> pending = new HashMap<>();
    private @Nullable Failure next;
    private @Nullable Failure always;

    /**
     * An error to answer with, in AWS's words.
     *
     * @param status the HTTP status
     * @param type the error's name, such as {@code AccessDeniedException}
     * @param message the message that AWS would send
     */
    public record Failure(int status, String type, String message) {

        /** The function's role may not read the secret. */
        public static Failure accessDenied(String arn) {
            return new Failure(
                    400,
                    "AccessDeniedException",
                    "User: arn:aws:sts::111122223333:assumed-role/db-migration/db-migration is not authorized to perform: secretsmanager:GetSecretValue on resource: "
                            + arn
                            + " because no identity-based policy allows the secretsmanager:GetSecretValue action");
        }

        /** The function's role may not use the key of the secret. */
        public static Failure keyDenied() {
            return new Failure(400, "AccessDeniedException", "Access to KMS is not allowed");
        }

        /** The key of the secret is disabled, or about to be deleted. */
        public static Failure keyUnusable() {
            return new Failure(
                    400,
                    "DecryptionFailure",
                    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.");
        }

        /** The secret was deleted, and can still be restored. */
        public static Failure markedForDeletion() {
            return new Failure(
                    400,
                    "InvalidRequestException",
                    "You can't perform this operation on the secret because it was marked for deletion.");
        }

        /** The secret, or the stage that is asked for, has no value. */
        public static Failure noValue(String stage) {
            return new Failure(
                    400,
                    "ResourceNotFoundException",
                    "Secrets Manager can't find the specified secret value for staging label: " + stage);
        }

        /** More requests than the account may send in this region. */
        public static Failure throttled() {
            return new Failure(400, "ThrottlingException", "Rate exceeded");
        }

        /** Secrets Manager itself is in trouble. */
        public static Failure internal() {
            return new Failure(500, "InternalServiceError", "An error occurred on the server side.");
        }
    }

    private record Secret(String arn, String name, String text, String versionId, Instant created) {}

    private record Reply(int status, Map<String, Object> body) {
        static Reply of(Failure failure) {
            return new Reply(failure.status(), Map.of("__type", failure.type(), "Message", failure.message()));
        }
    }

    private SecretsManagerEndpoint(HttpServer server) {
        this.server = server;
    }

    /** Starts the endpoint on a free port. */
    public static SecretsManagerEndpoint open() {
        try {
            SecretsManagerEndpoint endpoint = new SecretsManagerEndpoint(
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            endpoint.server.createContext("/", endpoint::handle);
            endpoint.server.setExecutor(endpoint.threads);
            endpoint.server.start();
            return endpoint;
        } catch (IOException e) {
            throw new UncheckedIOException("Secrets Manager could not be started on loopback", e);
        }
    }

    /** What {@code AWS_ENDPOINT_URL_SECRETS_MANAGER} must be. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /**
     * Stores a secret, or a new version of it.
     *
     * @param name the secret's name
     * @param text the secret string; for a database the RDS form as JSON
     * @return the ARN, which stays the same for all versions
     */
    public synchronized String put(String name, String text) {
        Secret old = secrets.get(name);
        String arn = old != null
                ? old.arn()
                : "arn:aws:secretsmanager:eu-central-1:111122223333:secret:%s-%s"
                        .formatted(name, UUID.randomUUID().toString().substring(0, 6));
        secrets.put(name, new Secret(arn, name, text, UUID.randomUUID().toString(), Instant.now()));
        return arn;
    }

    /**
     * Lets a rotation fall between two reads: the next one still gets the text of now, every later one this text.
     *
     * @param arn ARN of a secret that is stored
     * @param text the secret string of the new version
     */
    public synchronized void rotateAfterNextRead(String arn, String text) {
        rotations.put(arn, text);
    }

    /**
     * Begins a rotation: the stage {@code AWSPENDING} has this text, {@code AWSCURRENT} stays as it is.
     *
     * @param arn ARN of a secret that is stored
     * @param text the secret string of the version to come
     */
    public synchronized void putPending(String arn, String text) {
        pending.put(arn, text);
    }

    /** Makes every request fail, until it is called with null. */
    public synchronized void failAlways(@Nullable Failure failure) {
        always = failure;
    }

    /** Makes the next request fail; after that the endpoint answers normally again. */
    public synchronized void failNext(Failure failure) {
        next = failure;
    }

    /** How often the current version of a secret was read with success, by ARN or by name. */
    public synchronized long reads(String arn) {
        return reads.stream().filter(arn::equals).count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] request = exchange.getRequestBody().readAllBytes();
            Reply reply = reply(
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("X-Amz-Target"),
                    request);
            byte[] body = JSON.writeValueAsBytes(reply.body());
            exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
            exchange.getResponseHeaders()
                    .add("x-amzn-RequestId", UUID.randomUUID().toString());
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized Reply reply(@Nullable String authorization, @Nullable String target, byte[] request) {
        Failure failure = next != null ? next : always;
        next = null;
        if (failure != null) {
            return Reply.of(failure);
        }
        if (!"secretsmanager.GetSecretValue".equals(target)) {
            return Reply.of(new Failure(400, "UnknownOperationException", "Operation '" + target + "' is not known"));
        }
        if (authorization == null || !authorization.startsWith("AWS4-HMAC-SHA256 ")) {
            return Reply.of(new Failure(400, "MissingAuthenticationTokenException", "Missing Authentication Token"));
        }
        return value(field(request, "SecretId"), field(request, "VersionStage"));
    }

    private static String field(byte[] request, String name) {
        try {
            return JSON.readTree(request).path(name).asText("");
        } catch (JsonProcessingException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException("Request could not be read", e);
        }
    }

    private Reply value(String secretId, String stage) {
        Secret secret = secrets.values().stream()
                .filter(each -> each.arn().equals(secretId) || each.name().equals(secretId))
                .findFirst()
                .orElse(null);
        if (secret == null) {
            return Reply.of(
                    new Failure(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
        }
        if (!stage.isEmpty() && !stage.equals("AWSCURRENT")) {
            String text = stage.equals("AWSPENDING") ? pending.get(secret.arn()) : null;
            return text == null ? Reply.of(Failure.noValue(stage)) : version(secret, text, stage);
        }
        reads.add(secret.arn());
        String rotated = rotations.remove(secret.arn());
        if (rotated != null) {
            put(secret.name(), rotated);
        }
        return version(secret, secret.text(), "AWSCURRENT");
    }

    private static Reply version(Secret secret, String text, String stage) {
        return new Reply(
                200,
                Map.of(
                        "ARN",
                        secret.arn(),
                        "Name",
                        secret.name(),
                        "VersionId",
                        stage.equals("AWSCURRENT") ? secret.versionId() : "pending",
                        "SecretString",
                        text,
                        "VersionStages",
                        List.of(stage),
                        "CreatedDate",
                        secret.created().toEpochMilli() / 1000.0));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
