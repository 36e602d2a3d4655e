package io.github.cdkliquibase.stage.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint.Failure;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretsManagerEndpointTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String GET = "secretsmanager.GetSecretValue";

    private final SecretsManagerEndpoint endpoint = SecretsManagerEndpoint.open();

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void secretIsReadByItsArnAndByItsName() throws Exception {
        String arn = endpoint.put("app/db", "{\"username\":\"ann\"}");

        assertThat(arn).startsWith("arn:aws:secretsmanager:eu-central-1:111122223333:secret:app/db-");
        assertThat(read(arn).path("SecretString").asText()).isEqualTo("{\"username\":\"ann\"}");
        assertThat(read("app/db").path("ARN").asText()).isEqualTo(arn);
        assertThat(endpoint.reads(arn)).isEqualTo(2);
    }

    @Test
    void newVersionKeepsTheArn() throws Exception {
        String arn = endpoint.put("db", "one");
        String version = read(arn).path("VersionId").asText();

        assertThat(endpoint.put("db", "two")).isEqualTo(arn);
        assertThat(read(arn).path("SecretString").asText()).isEqualTo("two");
        assertThat(read(arn).path("VersionId").asText()).isNotEqualTo(version);
    }

    @Test
    void unknownSecretIsNotFound() throws Exception {
        HttpResponse<String> answer = send(GET, "{\"SecretId\":\"none\"}", true);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"ResourceNotFoundException\"", "Secrets Manager can't find the specified secret.");
    }

    @Test
    void rotationFallsBetweenTwoReads() throws Exception {
        String arn = endpoint.put("db", "one");
        endpoint.rotateAfterNextRead(arn, "two");

        assertThat(read(arn).path("SecretString").asText()).isEqualTo("one");
        assertThat(read(arn).path("SecretString").asText()).isEqualTo("two");
        assertThat(read(arn).path("SecretString").asText()).isEqualTo("two");
    }

    @Test
    void versionToComeIsThereWhileARotationIsUnderWay() throws Exception {
        String arn = endpoint.put("db", "one");
        String pending = "{\"SecretId\":\"db\",\"VersionStage\":\"AWSPENDING\"}";
        assertThat(send(GET, pending, true).body())
                .contains(
                        "ResourceNotFoundException",
                        "can't find the specified secret value for staging label: AWSPENDING");

        endpoint.putPending(arn, "two");

        assertThat(send(GET, pending, true).body()).contains("\"two\"");
        assertThat(read("db").path("SecretString").asText()).isEqualTo("one");
        assertThat(endpoint.reads(arn)).isEqualTo(1);
    }

    @Test
    void failureStaysUntilItIsTakenBack() throws Exception {
        endpoint.put("db", "one");
        endpoint.failAlways(Failure.throttled());
        for (int i = 0; i < 3; i++) {
            assertThat(send(GET, "{\"SecretId\":\"db\"}", true).body()).contains("ThrottlingException");
        }

        endpoint.failAlways(null);

        assertThat(read("db").path("SecretString").asText()).isEqualTo("one");
    }

    @Test
    void scriptedFailureComesFirstAndDoesNotCountAsARead() throws Exception {
        String arn = endpoint.put("db", "text");
        endpoint.failNext(Failure.accessDenied(arn));

        HttpResponse<String> denied = send(GET, "{\"SecretId\":\"db\"}", true);
        assertThat(denied.statusCode()).isEqualTo(400);
        assertThat(denied.body()).contains("AccessDeniedException", arn);
        assertThat(endpoint.reads(arn)).isZero();
        assertThat(read(arn).path("SecretString").asText()).isEqualTo("text");
    }

    @Test
    void unsignedRequestIsRefused() throws Exception {
        endpoint.put("db", "text");

        assertThat(send(GET, "{\"SecretId\":\"db\"}", false).body()).contains("MissingAuthenticationTokenException");
    }

    @Test
    void otherOperationIsRefused() throws Exception {
        assertThat(send("secretsmanager.PutSecretValue", "{}", true).body()).contains("UnknownOperationException");
    }

    private JsonNode read(String secretId) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(GET, "{\"SecretId\":\"" + secretId + "\"}", true);
        assertThat(answer.statusCode()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private HttpResponse<String> send(String target, String body, boolean signed)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.url())
                .header("X-Amz-Target", target)
                .header("Content-Type", "application/x-amz-json-1.1")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (signed) {
            request.header("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0");
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
