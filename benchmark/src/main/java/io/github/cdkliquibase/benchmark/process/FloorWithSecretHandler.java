package io.github.cdkliquibase.benchmark.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** The same as {@link FloorHandler}, with a secret that it reads as AWS advises for functions that start quickly. */
public final class FloorWithSecretHandler implements RequestStreamHandler {

    private final SecretsManagerClient secrets = SecretsManagerClient.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .region(Region.of(System.getenv("AWS_REGION")))
            .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
            .build();

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        EventText event = new EventText(new String(input.readAllBytes(), UTF_8));
        EventText secret =
                new EventText(secrets.getSecretValue(request -> request.secretId(System.getenv("SECRET_ARN")))
                        .secretString());
        SelectOne.from(
                "jdbc:postgresql://%s:%s/%s?sslmode=disable"
                        .formatted(secret.field("host"), secret.number("port"), secret.field("dbname")),
                secret.field("username"),
                secret.field("password"));
        CloudFormationAnswer.success(
                event.field("ResponseURL"),
                event.field("StackId"),
                event.field("RequestId"),
                event.field("LogicalResourceId"));
        output.write('{');
        output.write('}');
    }
}
