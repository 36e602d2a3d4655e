package io.github.cdkliquibase.benchmark.contestant;

/** A run of a contestant did not succeed; the message says how it ended. */
public final class ContestantFailedException extends RuntimeException {

    /** A failure with the contestant's own last words. */
    public ContestantFailedException(String message) {
        super(message);
    }
}
