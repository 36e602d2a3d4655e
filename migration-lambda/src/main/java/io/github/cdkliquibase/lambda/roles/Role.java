package io.github.cdkliquibase.lambda.roles;

import org.jspecify.annotations.Nullable;

/**
 * A role that logs in: by the password in its secret, or without one by an IAM token.
 *
 * @param name as PostgreSQL writes it
 * @param secretArn Secrets Manager secret whose {@code username} is the name; null for a role of {@code rds_iam}
 */
public record Role(String name, @Nullable String secretArn) {

    boolean hasSecret() {
        return secretArn != null;
    }
}
