package io.github.cdkliquibase.lambda.cloudformation;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Sends an answer to the event's response URL: checks the status, and tries again.
 *
 * <p>The base class of the handler does neither, and it rewrites the signed query of the URL. So this client takes the
 * body from the base class, and the URL from the event.
 *
 * <p>Holds the URL of one event at a time, as a Lambda function handles one event at a time.
 */
final class ResponseUrlClient implements SdkHttpClient {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseUrlClient.class);

    /** CloudFormation drops an answer of more than 4,096 bytes, and with it the reason. */
    private static final int LONGEST_BODY = 4_095;

    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    private @Nullable String url;
    private Deadline deadline = Deadline.in(Duration.ZERO);

    /**
     * Sets the URL for the next answer.
     *
     * @param responseUrl as the event gives it
     * @param kill when Lambda ends the function; no attempt starts after it
     */
    void target(String responseUrl, Deadline kill) {
        this.url = responseUrl;
        this.deadline = kill;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                int status = put(body(request));
                return HttpExecuteResponse.builder()
                        .response(SdkHttpResponse.builder().statusCode(status).build())
                        .responseBody(AbortableInputStream.createEmpty())
                        .build();
            }

            @Override
            public void abort() {
                // Every attempt has its own timeouts.
            }
        };
    }

    private static byte[] body(HttpExecuteRequest request) throws IOException {
        try (InputStream content = request.contentStreamProvider().orElseThrow().newStream()) {
            return content.readAllBytes();
        }
    }

    private static void requireAllowedLength(byte[] body) throws AnswerException {
        if (body.length > LONGEST_BODY) {
            throw new AnswerException("An answer of %d bytes is longer than the %d that are allowed"
                    .formatted(body.length, LONGEST_BODY));
        }
    }

    private int put(byte[] body) throws IOException {
        requireAllowedLength(body);
        URI target = uri();
        IOException last = new AnswerException("The function ran out of time before the answer could be sent");
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        for (int attempt = 1; attempt <= ATTEMPTS && !deadline.passed(); attempt++) {
            if (attempt > 1 && !Backoff.sleep(backoff.next(), deadline)) {
                break;
            }
            try {
                return putOnce(target, body);
            } catch (IOException e) {
                last = e;
            }
            LOG.atWarn()
                    .addKeyValue("event", "answer.retry")
                    .addKeyValue("attempt", attempt)
                    .log("The answer could not be sent to the response URL: {}", AnswerException.describe(last));
        }
        throw last;
    }

    private int putOnce(URI target, byte[] body) throws IOException {
        if (!(target.toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new AnswerException("The response URL is not an HTTP URL");
        }
        try {
            configure(connection, body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            int status = connection.getResponseCode();
            if (status < 200 || status >= 300) {
                throw new AnswerException("HTTP status " + status);
            }
            return status;
        } finally {
            connection.disconnect();
        }
    }

    private void configure(HttpURLConnection connection, int length) throws IOException {
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(millis(CONNECT_TIMEOUT));
        connection.setReadTimeout(millis(READ_TIMEOUT));
        // The signature covers an empty type. If the header is left out, the JDK sends its own type.
        connection.setRequestProperty("Content-Type", "");
        connection.setFixedLengthStreamingMode(length);
    }

    private int millis(Duration most) {
        return Math.max(1, (int) deadline.leftAtMost(most).toMillis());
    }

    private URI uri() throws IOException {
        if (url == null) {
            throw new AnswerException("There is no response URL");
        }
        return ResponseUrl.parse(url);
    }

    @Override
    public String clientName() {
        return "ResponseUrl";
    }

    @Override
    public void close() {
        // No connection stays open between answers.
    }
}
