package io.github.cdkliquibase.benchmark.process;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** A function as samples on the web have it: it reads the secret with the SDK, calls Liquibase and sends the answer. */
public final class SampleHandler implements RequestHandler<Map<String, Object>, Map<String, Object>> {

    private final ObjectMapper json = new ObjectMapper();
    private final SecretsManagerClient secrets = SecretsManagerClient.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .build();

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        try {
            JsonNode secret =
                    json.readTree(secrets.getSecretValue(request -> request.secretId(System.getenv("SECRET_ARN")))
                            .secretString());
            LiquibaseUpdate.run(
                    variable("CHANGELOG_DIR"),
                    variable("CHANGELOG_FILE"),
                    "jdbc:postgresql://%s:%d/%s?sslmode=disable"
                            .formatted(
                                    secret.get("host").asText(),
                                    secret.get("port").asInt(),
                                    secret.get("dbname").asText()),
                    secret.get("username").asText(),
                    secret.get("password").asText());
            CloudFormationAnswer.success(
                    String.valueOf(event.get("ResponseURL")),
                    String.valueOf(event.get("StackId")),
                    String.valueOf(event.get("RequestId")),
                    String.valueOf(event.get("LogicalResourceId")));
            return Map.of();
        } catch (Exception e) {
            throw new IllegalStateException("The migration failed", e);
        }
    }

    private static String variable(String name) {
        return Objects.requireNonNull(System.getenv(name), name);
    }
}
