package io.github.cdkliquibase.lambda.cloudformation;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
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
                byte[] body;
                try (InputStream content =
                        request.contentStreamProvider().orElseThrow().newStream()) {
                    body = content.readAllBytes();
                }
                int status = put(body);
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

    private int put(byte[] body) throws IOException {
        if (body.length > LONGEST_BODY) {
            throw new AnswerException("An answer of %d bytes is longer than the %d that are allowed"
                    .formatted(body.length, LONGEST_BODY));
        }
        URI target = uri();
        IOException last = new AnswerException("The function ran out of time before the answer could be sent");
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        for (int attempt = 1; attempt <= ATTEMPTS && !deadline.passed(); attempt++) {
            if (attempt > 1 && !Backoff.sleep(backoff.next(), deadline)) {
                break;
            }
            try {
                int status = putOnce(target, body);
                if (status >= 200 && status < 300) {
                    return status;
                }
                last = new AnswerException("HTTP status " + status);
            } catch (IOException e) {
                last = e;
            }
            LOG.atWarn()
                    .addKeyValue("event", "answer.retry")
                    .addKeyValue("attempt", attempt)
                    .log("The answer could not be sent to the response URL: {}", said(last));
        }
        throw last;
    }

    /**
     * Describes a failure to send: our own message, or only the class of any other exception, whose message may hold
     * the URL.
     */
    static String said(Exception failure) {
        return failure instanceof AnswerException ours
                ? String.valueOf(ours.getMessage())
                : failure.getClass().getSimpleName();
    }

    /** An answer could not be sent; the message holds nothing of the URL. */
    private static final class AnswerException extends IOException {

        private static final long serialVersionUID = 1;

        AnswerException(String message) {
            super(message);
        }
    }

    private int putOnce(URI target, byte[] body) throws IOException {
        if (!(target.toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new AnswerException("The response URL is not an HTTP URL");
        }
        try {
            connection.setRequestMethod("PUT");
            connection.setDoOutput(true);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout(millis(CONNECT_TIMEOUT));
            connection.setReadTimeout(millis(READ_TIMEOUT));
            // The signature covers an empty type. If the header is left out, the JDK sends its own type.
            connection.setRequestProperty("Content-Type", "");
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    private int millis(Duration most) {
        return Math.max(1, (int) deadline.leftAtMost(most).toMillis());
    }

    private URI uri() throws IOException {
        if (url == null) {
            throw new AnswerException("There is no response URL");
        }
        return uri(url);
    }

    private static URI uri(String url) throws AnswerException {
        try {
            URI uri = new URI(url);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!http || uri.getHost() == null) {
                throw new AnswerException("The response URL is not an HTTP URL");
            }
            return uri;
        } catch (URISyntaxException e) {
            // The cause is left out: its message quotes the URL.
            throw new AnswerException("The response URL is not well-formed");
        }
    }

    /** Whether an answer can be sent to this URL at all. */
    static boolean canUse(String responseUrl) {
        try {
            uri(responseUrl);
            return true;
        } catch (AnswerException e) {
            return false;
        }
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
