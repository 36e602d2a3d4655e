package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.time.Duration;
import java.util.Optional;

/** Provides the credentials for each attempt to open one connection. */
interface CredentialsSource {

    /**
     * Returns the connection details for the next attempt.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if they cannot be obtained; the reason says why
     */
    ConnectionDetails next(Deadline deadline);

    /**
     * Called when the server has refused the details of {@link #next}.
     *
     * @return the pause before the next attempt; empty if another attempt is useless
     */
    Optional<Duration> refused(Deadline deadline);

    /** Describes for the reason what was tried and what to check, as sentences without a full stop at the end. */
    String advice(DatabaseMessage refusal);
}
