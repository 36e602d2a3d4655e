package io.github.cdkliquibase.lambda.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

final class ResponseUrlClientTest {

    private record Put(
            String method,
            String uri,
            String body,
            List<String> contentType,
            List<String> contentLength,
            List<String> encoding) {}

    private final List<Put> puts = new ArrayList<>();
    private final Deque<Integer> statuses = new ArrayDeque<>();
    private final ResponseUrlClient client = new ResponseUrlClient();
    private HttpServer bucket;

    @BeforeEach
    void startBucket() throws IOException {
        bucket = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        bucket.createContext("/", this::handle);
        bucket.start();
    }

    @AfterEach
    void stopBucket() {
        bucket.stop(0);
    }

    @Test
    void theUrlIsUsedAsItIsWithALengthAndNoType() throws IOException {
        String path = "/arn%3Aaws%3Acfn/a+b?X-Amz-Signature=a%2Bb%2F=&empty&plus=a+b&X-Amz-Signature=2";

        assertThat(put(path, "body ä", Duration.ofSeconds(30))).isEqualTo(200);

        assertThat(puts).singleElement().satisfies(put -> {
            assertThat(put.method()).isEqualTo("PUT");
            assertThat(put.uri()).isEqualTo(path);
            assertThat(put.body()).isEqualTo("body ä");
            assertThat(put.contentLength()).containsExactly("7");
            assertThat(put.contentType()).allMatch(String::isBlank);
            assertThat(put.encoding()).isNullOrEmpty();
        });
    }

    @Test
    void aServerErrorIsTriedAgainUntilTheAnswerIsTaken() throws IOException {
        statuses.addAll(List.of(503, 503, 200));

        assertThat(put("/x", "body", Duration.ofSeconds(30))).isEqualTo(200);
        assertThat(puts).hasSize(3).allMatch(put -> put.body().equals("body"));
    }

    @Test
    void aRefusalEndsInAnErrorAfterTheAttempts() {
        statuses.addAll(List.of(403, 403, 403, 403, 403, 403, 403));

        assertThatThrownBy(() -> put("/x?X-Amz-Signature=s3cret", "body", Duration.ofSeconds(30)))
                .isInstanceOf(IOException.class)
                .hasMessage("HTTP status 403");
        assertThat(puts).hasSize(6);
    }

    @Test
    void aRedirectIsNoSuccessAndIsNotFollowed() throws IOException {
        statuses.addAll(List.of(307, 200));

        assertThat(put("/x", "body", Duration.ofSeconds(30))).isEqualTo(200);
        assertThat(puts).hasSize(2).allMatch(put -> put.uri().equals("/x"));
    }

    @Test
    void noAttemptStartsAfterTheFunctionsTime() {
        statuses.addAll(List.of(503, 503, 503, 503, 503, 503));

        assertThatThrownBy(() -> put("/x", "body", Duration.ofMillis(500))).hasMessage("HTTP status 503");
        assertThat(puts).hasSizeLessThan(4);
    }

    @Test
    void anAnswerThatIsTooLongIsNotSent() {
        assertThatThrownBy(() -> put("/x", "x".repeat(4096), Duration.ofSeconds(30)))
                .hasMessage("An answer of 4096 bytes is longer than the 4095 that are allowed");
        assertThat(puts).isEmpty();
    }

    @Test
    void anotherKindOfUrlIsRefusedWithoutBeingQuoted() {
        for (String url : List.of("...", "file:///s3cret", "http://a b/s3cret", "ftp://h/s3cret")) {
            client.target(url, Deadline.in(Duration.ofSeconds(5)));
            assertThatThrownBy(() -> client.prepareRequest(request("body")).call())
                    .as(url)
                    .isInstanceOf(IOException.class)
                    .hasNoCause()
                    .message()
                    .doesNotContain("s3cret");
        }
    }

    private int put(String path, String body, Duration time) throws IOException {
        client.target("http://127.0.0.1:" + bucket.getAddress().getPort() + path, Deadline.in(time));
        return client.prepareRequest(request(body)).call().httpResponse().statusCode();
    }

    private static HttpExecuteRequest request(String body) {
        return HttpExecuteRequest.builder()
                .request(SdkHttpRequest.builder()
                        .method(SdkHttpMethod.PUT)
                        .uri(URI.create("http://127.0.0.1:1/never-used"))
                        .build())
                .contentStreamProvider(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        puts.add(new Put(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                body,
                exchange.getRequestHeaders().getOrDefault("Content-Type", List.of()),
                exchange.getRequestHeaders().getOrDefault("Content-Length", List.of()),
                exchange.getRequestHeaders().getOrDefault("Transfer-Encoding", List.of())));
        int status = statuses.isEmpty() ? 200 : statuses.remove();
        if (status / 100 == 3) {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
