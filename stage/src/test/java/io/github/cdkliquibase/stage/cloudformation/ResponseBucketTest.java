package io.github.cdkliquibase.stage.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResponseBucketTest {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ResponseBucket bucket = ResponseBucket.open();
    private final URI url = bucket.sign("arn:aws:cloudformation:x:1:stack/a/b", "Migration", "request-1");

    @AfterEach
    void close() {
        bucket.close();
    }

    @Test
    void putToASignedUrlIsTakenInAsItIs() throws Exception {
        assertThat(put(url, BodyPublishers.ofString("{\"Status\":\"SUCCESS\",\"Data\":\"ü\"}")))
                .isEqualTo(200);

        RecordedRequest upload = bucket.uploads(url).getFirst();
        assertThat(upload.accepted()).isTrue();
        assertThat(upload.method()).isEqualTo("PUT");
        assertThat(upload.path()).isEqualTo(url.getRawPath()).contains("%3A", "%7C");
        assertThat(upload.query()).isEqualTo(url.getRawQuery()).contains("X-Amz-Signature=", "%2F");
        assertThat(upload.body()).isEqualTo("{\"Status\":\"SUCCESS\",\"Data\":\"ü\"}");
        assertThat(upload.size()).isEqualTo(upload.body().length() + 1);
        assertThat(upload.header("content-LENGTH")).contains(Integer.toString(upload.size()));
    }

    @Test
    void headersKeepTheirSpelling() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            String request = "PUT " + url.getRawPath() + "?" + url.getRawQuery()
                    + " HTTP/1.1\r\nhOsT: x\r\nCONTENT-length: 2\r\nConnection: close\r\n\r\n{}";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(firstLine(socket.getInputStream())).isEqualTo("HTTP/1.1 200 OK");
        }

        assertThat(bucket.uploads().getFirst().headers())
                .extracting(RecordedRequest.Header::name)
                .containsExactly("hOsT", "CONTENT-length", "Connection");
    }

    @Test
    void otherUrlThanASignedOneIsRefused() throws Exception {
        URI changed = URI.create(url.toString().replace("%2F", "/"));

        assertThat(put(changed, BodyPublishers.ofString("{}"))).isEqualTo(403);
        assertThat(bucket.uploads().getFirst().accepted()).isFalse();
    }

    @Test
    void contentTypeBreaksTheSignature() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{}"))
                .build();

        assertThat(status(request)).isEqualTo(403);
    }

    @Test
    void chunkedBodyIsReadAndRefused() throws Exception {
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[] {'{', '}'}));

        assertThat(put(url, chunked)).isEqualTo(501);
        assertThat(bucket.uploads().getFirst().body()).isEqualTo("{}");
    }

    @Test
    void otherMethodIsRefused() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(url).POST(BodyPublishers.ofString("{}")).build();

        assertThat(status(request)).isEqualTo(403);
    }

    @Test
    void scriptIsPlayedOnceRequestByRequest() throws Exception {
        URI elsewhere = bucket.sign("stack", "Other", "request-2");
        bucket.script(new BucketFault.Refuse(503), new BucketFault.Redirect(elsewhere));

        assertThat(put(url, BodyPublishers.ofString("1"))).isEqualTo(503);
        HttpResponse<Void> redirected = CLIENT.send(
                HttpRequest.newBuilder(url).PUT(BodyPublishers.ofString("2")).build(),
                HttpResponse.BodyHandlers.discarding());
        assertThat(redirected.statusCode()).isEqualTo(307);
        assertThat(redirected.headers().firstValue("Location")).contains(elsewhere.toString());
        assertThat(put(url, BodyPublishers.ofString("3"))).isEqualTo(200);
        assertThat(bucket.uploads()).extracting(RecordedRequest::status).containsExactly(503, 307, 200);
        assertThat(bucket.uploads()).extracting(RecordedRequest::body).containsExactly("1", "2", "3");
    }

    @Test
    void connectionIsReset() throws Exception {
        bucket.script(new BucketFault.Reset());
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(2);
        try (var out = connection.getOutputStream()) {
            out.write("{}".getBytes(StandardCharsets.US_ASCII));
        }

        assertThatIOException().isThrownBy(connection::getResponseCode).withMessageContaining("Connection reset");
        assertThat(bucket.uploads().getFirst().status()).isZero();
        assertThat(bucket.uploads().getFirst().body()).isEqualTo("{}");
    }

    @Test
    void answerCanTakeItsTime() throws Exception {
        bucket.script(new BucketFault.Wait(Duration.ofMillis(300), new BucketFault.None()));
        long started = System.nanoTime();

        assertThat(put(url, BodyPublishers.ofString("{}"))).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void closingEndsARequestThatWaits() throws Exception {
        bucket.script(new BucketFault.Wait(Duration.ofMinutes(5), new BucketFault.None()));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            socket.getOutputStream()
                    .write("PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            bucket.close();
            socket.setSoTimeout(5_000);

            assertThat(ending(socket)).isIn("end", "Connection reset");
        }
    }

    private static String ending(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0 ? "end" : "an answer";
        } catch (SocketException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static int put(URI target, BodyPublisher body) throws IOException, InterruptedException {
        return status(HttpRequest.newBuilder(target).PUT(body).build());
    }

    private static int status(HttpRequest request) throws IOException, InterruptedException {
        return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static String firstLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int each = in.read(); each != '\r'; each = in.read()) {
            line.append((char) each);
        }
        return line.toString();
    }
}
