package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;

/** Reads the text of a secret. */
@FunctionalInterface
interface SecretReader {

    /** The versions of a secret that the function reads, by Secrets Manager's staging labels. */
    enum Version {
        /** The version in use. */
        AWSCURRENT,
        /** The version that a rotation is about to bring into use; it exists only during a rotation. */
        AWSPENDING
    }

    /**
     * The text of the version.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if it cannot be read; the reason says why and
     *     what to do
     */
    String read(String secretArn, Version version, Deadline deadline);
}
