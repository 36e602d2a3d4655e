package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Objects;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Why Secrets Manager did not hand a secret out. Codes and words are those of its API reference, {@code GetSecretValue}.
 *
 * @param code the error's name; empty if the answer had none
 * @param message what AWS says to people; never holds the secret
 * @param status the HTTP status
 * @param attempts how often the SDK has asked
 */
record SecretRefusal(String code, String message, int status, int attempts) {

    private static final int LONGEST_MESSAGE = 300;

    static SecretRefusal of(AwsServiceException failure) {
        AwsErrorDetails details = failure.awsErrorDetails();
        return new SecretRefusal(
                details == null ? "" : Objects.toString(details.errorCode(), ""),
                details == null ? "" : Objects.toString(details.errorMessage(), ""),
                failure.statusCode(),
                Objects.requireNonNullElse(failure.numAttempts(), 1));
    }

    /** Whether there is no such secret, or it waits for its deletion. */
    boolean isGone() {
        return switch (code) {
            case "ResourceNotFoundException" -> !message.contains("staging label");
            case "InvalidRequestException" -> message.contains("marked for deletion");
            default -> false;
        };
    }

    /** The service's own words, and what to do about them. */
    String reason() {
        String said = code.isEmpty() ? "HTTP status " + status : code + ": " + message;
        String cut = Text.cut(Text.oneLine(said), LONGEST_MESSAGE).replaceFirst("\\.$", "");
        return cut + ". " + advice();
    }

    private String advice() {
        return switch (code) {
            case "ResourceNotFoundException" ->
                message.contains("staging label")
                        ? "The secret is there, but has no value yet: give it one before the deploy"
                        : "'SecretArn' must be in the function's account and region; one that was made again has other characters at its end";
            case "InvalidRequestException" ->
                message.contains("marked for deletion")
                        ? "Restore it with 'aws secretsmanager restore-secret', or name another one"
                        : "The state of the secret does not allow it to be read";
            case "AccessDeniedException" ->
                message.contains("KMS")
                        ? "The function's role must be allowed 'kms:Decrypt' on the key of the secret, by its own policy and by the key's"
                        : "The function's role must be allowed 'secretsmanager:GetSecretValue' on it; the secret's policy and that of a VPC endpoint may forbid it too";
            case "DecryptionFailure" -> "The KMS key of the secret must be there and enabled";
            case "ThrottlingException" ->
                "Secrets Manager was asked too often, %d times by this run: deploy again when less goes on in the account and region"
                        .formatted(attempts);
            case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException" ->
                "The function's credentials are not taken: they must be those that Lambda gives its role";
            default ->
                status >= 500
                        ? "That is a fault of Secrets Manager, which was asked %d times: deploy again"
                                .formatted(attempts)
                        : "The API reference of 'GetSecretValue' says what it means";
        };
    }
}
