package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;

/** Gets the text of a secret. */
@FunctionalInterface
interface SecretReader {

    /**
     * The secret's current text.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if it cannot be had; the reason says why
     */
    String read(String secretArn, Deadline deadline);
}
