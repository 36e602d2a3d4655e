package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.time.Duration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Reads secrets from AWS Secrets Manager. Region, credentials and endpoint are the AWS SDK's own settings. */
final class SecretsManagerReader implements SecretReader {

    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);

    private final Rehearsal rehearsal;

    /**
     * A reader.
     *
     * @param rehearsal which the first call waits for, since both load the same classes
     */
    SecretsManagerReader(Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
    }

    @Override
    public String read(String secretArn, Version version, Deadline deadline) {
        rehearsal.await(deadline);
        String text;
        try (SecretsManagerClient client = SecretsManagerClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(
                        settings -> settings.apiCallTimeout(atLeastOneMilli(deadline.leftAtMost(LONGEST_CALL)))
                                .apiCallAttemptTimeout(atLeastOneMilli(deadline.leftAtMost(LONGEST_ATTEMPT))))
                .build()) {
            text = client.getSecretValue(request -> request.secretId(secretArn).versionStage(version.name()))
                    .secretString();
        } catch (AwsServiceException e) {
            throw new MigrationException(
                    "Secret %s could not be read: %s"
                            .formatted(
                                    Text.quote(secretArn), SecretRefusal.of(e).reason()),
                    e);
        } catch (SdkException e) {
            throw new MigrationException(
                    "Secret %s could not be read: Secrets Manager did not answer (%s). In subnets without internet access the function needs the interface endpoint of Secrets Manager, and region and credentials must be set"
                            .formatted(Text.quote(secretArn), e.getClass().getSimpleName()),
                    e);
        }
        if (text == null) {
            throw new MigrationException("Secret %s is binary; it must be a JSON text with 'username' and 'password'"
                    .formatted(Text.quote(secretArn)));
        }
        return text;
    }

    // The SDK refuses a timeout of zero.
    private static Duration atLeastOneMilli(Duration duration) {
        return duration.toMillis() > 0 ? duration : Duration.ofMillis(1);
    }
}
