package io.github.cdkliquibase.lambda.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * The settings that a run needs for its session.
 *
 * @param lockTimeout how long a statement waits for a lock; empty for the server's default
 * @param serverMessages whether the server sends the notices and warnings of statements
 */
public record SessionSettings(Optional<Duration> lockTimeout, boolean serverMessages) {

    /** The server's own lock timeout, and no notices. */
    public static final SessionSettings DEFAULT = new SessionSettings(Optional.empty(), false);
}
