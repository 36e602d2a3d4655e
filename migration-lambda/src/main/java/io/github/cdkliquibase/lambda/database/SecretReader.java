package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;

/** Gets the text of a secret. */
@FunctionalInterface
interface SecretReader {

    /**
     * A version of a secret, in Secrets Manager's words for its stages. The function asks for no other one.
     */
    enum Version {
        /** The one that is in use. */
        AWSCURRENT,
        /** The one that a rotation is about to bring into use; there is none between rotations. */
        AWSPENDING
    }

    /**
     * The text of the version.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if it cannot be had; the reason says why and what
     *     to do
     */
    String read(String secretArn, Version version, Deadline deadline);
}
