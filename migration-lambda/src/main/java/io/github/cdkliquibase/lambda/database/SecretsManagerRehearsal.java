package io.github.cdkliquibase.lambda.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * A call of Secrets Manager that never leaves the process. The first call loads 1,400 classes, which takes a third of a cold start:
 * after this one the first true call does not wait for them.
 */
final class SecretsManagerRehearsal {

    private static final String ANSWER = "{\"SecretString\":\"{}\"}";

    /** Also loads the timers, which the true call sets. */
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private SecretsManagerRehearsal() {}

    /** Makes the call. */
    static void run() {
        try (SdkHttpClient answering = new Answering();
                SecretsManagerClient client = SecretsManagerClient.builder()
                        .httpClient(answering)
                        .region(Region.AWS_GLOBAL)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(AwsBasicCredentials.create("rehearsal", "rehearsal")))
                        .overrideConfiguration(
                                settings -> settings.apiCallTimeout(LONGEST).apiCallAttemptTimeout(LONGEST))
                        .build()) {
            client.getSecretValue(request -> request.secretId("rehearsal").versionStage("AWSCURRENT"));
        }
        // The HTTP client of the true call has its own classes, and loads those of TLS.
        UrlConnectionHttpClient.create().close();
    }

    /** Answers each request from memory. */
    private static final class Answering implements SdkHttpClient {

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    return HttpExecuteResponse.builder()
                            .response(SdkHttpResponse.builder().statusCode(200).build())
                            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(ANSWER.getBytes(UTF_8))))
                            .build();
                }

                @Override
                public void abort() {
                    // Nothing waits.
                }
            };
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
