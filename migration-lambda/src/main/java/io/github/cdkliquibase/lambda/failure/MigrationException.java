package io.github.cdkliquibase.lambda.failure;

import org.jspecify.annotations.Nullable;

/**
 * A migration failed; the message is the reason that CloudFormation shows.
 *
 * <p>The message is written for people who read it after a failed deploy. It never holds a password, a token, a
 * parameter's value or SQL; the cause may, so only its class and stack are ever logged.
 */
public final class MigrationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Creates a failure without a technical cause. */
    public MigrationException(String reason) {
        super(reason);
    }

    /**
     * Creates a failure with the exception that caused it.
     *
     * @param cause kept for the stack trace; its message is never shown
     */
    public MigrationException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }
}
