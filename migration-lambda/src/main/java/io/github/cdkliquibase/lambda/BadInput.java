package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.function.Supplier;

/** Bad input is told in its own words. Later, such an exception would be foreign, and its message not to be shown. */
final class BadInput {

    private BadInput() {}

    /**
     * What was read.
     *
     * @throws MigrationException with the message of the {@link IllegalArgumentException} that the reading ended with
     */
    static <T> T told(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new MigrationException(String.valueOf(e.getMessage()), e);
        }
    }
}
