package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Objects;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * An error of Secrets Manager for {@code GetSecretValue}. Codes and words are those of its API reference.
 *
 * @param code the error's name; empty if the answer had none
 * @param message the message of AWS; never holds the secret
 * @param status the HTTP status
 * @param attempts the number of requests that the SDK has sent
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

    /** Whether the secret does not exist, or is scheduled for deletion. */
    boolean isGone() {
        return switch (code) {
            case "ResourceNotFoundException" -> !message.contains("staging label");
            case "InvalidRequestException" -> message.contains("marked for deletion");
            default -> false;
        };
    }

    /** The service's own message, and the next step. */
    String reason() {
        String answer = code.isEmpty() ? "HTTP status " + status : code + ": " + message;
        String cut = Text.cut(Text.oneLine(answer), LONGEST_MESSAGE).replaceFirst("\\.$", "");
        return cut + ". " + advice();
    }

    private String advice() {
        return switch (code) {
            case "ResourceNotFoundException" -> ofNoSecret();
            case "InvalidRequestException" -> ofTheState();
            case "AccessDeniedException" -> ofNoPermission();
            case "DecryptionFailure" -> "The KMS key of the secret must exist and be enabled";
            case "ThrottlingException" ->
                "Secrets Manager throttled the requests, %d of them by this run: deploy again when the account makes fewer requests in the region"
                        .formatted(attempts);
            case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException" ->
                "AWS rejected the function's credentials: they must be those that Lambda provides for its role";
            default ->
                status >= 500
                        ? "This is a fault in Secrets Manager, after %d attempts: deploy again".formatted(attempts)
                        : "The API reference of 'GetSecretValue' explains the error";
        };
    }

    private String ofNoSecret() {
        return message.contains("staging label")
                ? "The secret exists, but has no value yet: set one before the deploy"
                : "'SecretArn' must be in the function's account and region; a secret that was created again has another ARN";
    }

    private String ofTheState() {
        return message.contains("marked for deletion")
                ? "Restore it with 'aws secretsmanager restore-secret', or name another secret"
                : "The state of the secret does not allow it to be read";
    }

    private String ofNoPermission() {
        return message.contains("KMS")
                ? "The function's role needs the permission 'kms:Decrypt' on the key of the secret, in its own policy and in the key's"
                : "The function's role needs the permission 'secretsmanager:GetSecretValue' on the secret; the policies of the secret and of a VPC endpoint may also deny it";
    }
}
