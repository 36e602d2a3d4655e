package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.util.Optional;

/** Says what an exception of the driver means. */
@FunctionalInterface
public interface Failures {

    /** The message of the database, or of its driver, that caused a failure; empty if there is none. */
    Optional<DatabaseMessage> of(Throwable failure);

    /** The kind of a failure; {@link FailureKind#OTHER} where no database stands behind it. */
    default FailureKind kind(Throwable failure) {
        return of(failure).map(DatabaseMessage::kind).orElse(FailureKind.OTHER);
    }

    /** The message with its SQLSTATE, for a log line; empty text where no database stands behind the failure. */
    default String describe(Throwable failure) {
        return of(failure).map(DatabaseMessage::withState).orElse("");
    }
}
