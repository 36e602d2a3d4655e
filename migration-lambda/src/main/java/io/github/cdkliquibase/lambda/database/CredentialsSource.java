package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.time.Duration;
import java.util.Optional;

/** Says as whom to connect: for one connection, and for each attempt until it stands. */
interface CredentialsSource {

    /**
     * Where and as whom the next attempt connects.
     *
     * @throws io.github.cdkliquibase.lambda.failure.MigrationException if that cannot be had; the reason says why
     */
    ConnectionDetails next(Deadline deadline);

    /**
     * Called when the server has refused what {@link #next} said.
     *
     * @return the pause before an attempt that may be taken; empty if no further one is of use
     */
    Optional<Duration> refused(Deadline deadline);

    /** For the reason: what was tried and what to check, as sentences without a full stop at the end. */
    String advice(DatabaseMessage refusal);
}
