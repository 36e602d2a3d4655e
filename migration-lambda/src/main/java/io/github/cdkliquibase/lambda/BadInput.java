package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.function.Supplier;

/** Turns an IllegalArgumentException of the parsing into a MigrationException, so that its message may be shown. */
final class BadInput {

    private BadInput() {}

    /**
     * Returns the parsed input.
     *
     * @throws MigrationException with the message of the {@link IllegalArgumentException} of the parsing
     */
    static <T> T told(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new MigrationException(String.valueOf(e.getMessage()), e);
        }
    }
}
