package io.github.cdkliquibase.lambda.database;

/** How to log in to the database. */
public sealed interface Authentication {

    /**
     * Logs in as the user of a secret, with its password.
     *
     * @param arn ARN of a Secrets Manager secret with at least a username and a password
     */
    record Secret(String arn) implements Authentication {}

    /**
     * Logs in as this user, with a token that the function's role signs; the user must have the role {@code rds_iam}.
     *
     * @param username as PostgreSQL writes it
     */
    record IamToken(String username) implements Authentication {}
}
