package io.github.cdkliquibase.lambda.cloudformation;

import java.io.IOException;

/** An answer could not be sent; the message holds nothing of the URL. */
final class AnswerException extends IOException {

    private static final long serialVersionUID = 1;

    AnswerException(String message) {
        super(message);
    }

    /**
     * Describes a failure to send: our own message, or only the class of any other exception, whose message may hold
     * the URL.
     */
    static String describe(Exception failure) {
        return failure instanceof AnswerException ours
                ? String.valueOf(ours.getMessage())
                : failure.getClass().getSimpleName();
    }
}
