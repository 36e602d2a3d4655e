package io.github.cdkliquibase.lambda.database;

/** As whom to connect. */
public sealed interface Authentication {

    /**
     * As the user of a secret, with its password.
     *
     * @param arn ARN of a Secrets Manager secret with at least a username and a password
     */
    record Secret(String arn) implements Authentication {}

    /**
     * As this user, with a token that the function's role signs; the user must have the role {@code rds_iam}.
     *
     * @param username as PostgreSQL writes it
     */
    record IamToken(String username) implements Authentication {}
}
