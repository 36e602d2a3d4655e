package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether another attempt to connect follows a failed one, and waits for it. */
final class ConnectRetry {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectRetry.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final CredentialsSource credentials;
    private final Duration longest;
    private final Deadline deadline;
    private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    private ConnectWait wait;
    private @Nullable ConnectRefusal telling;
    private int attempt = 1;

    ConnectRetry(CredentialsSource credentials, Duration longest, Deadline deadline) {
        this.credentials = credentials;
        this.longest = longest;
        this.deadline = deadline;
        this.wait = ConnectWait.from(longest, deadline);
    }

    /** The number of the present attempt, from 1. */
    int attempt() {
        return attempt;
    }

    /** When the wait for a database that cannot be reached ends. */
    Deadline end() {
        return wait.end();
    }

    /**
     * Waits after a failed attempt.
     *
     * @throws MigrationException if no other attempt follows; the reason says why
     */
    void after(ConnectRefusal refusal) {
        if (refusal.kind().isOfCredentials()) {
            afterCredentials(refusal);
        } else if (refusal.kind().passesWhileConnecting()) {
            afterNoAnswer(refusal);
        } else {
            throw refusal.refused(credentials);
        }
        attempt++;
    }

    private void afterCredentials(ConnectRefusal refusal) {
        Optional<Duration> pause = credentials.refused(deadline);
        if (pause.isEmpty() || !pause(refusal, pause.get(), deadline)) {
            throw refusal.refused(credentials);
        }
        // The server has answered.
        wait = ConnectWait.from(longest, deadline);
    }

    private void afterNoAnswer(ConnectRefusal refusal) {
        // Keep the failure of an earlier attempt: it says more than a last attempt that the end of the wait cut off.
        ConnectRefusal shown = telling != null && wait.isOver() ? telling : refusal;
        telling = shown;
        if (!pause(refusal, wait.pause(backoff.next()), wait.end())) {
            throw shown.unreachable(attempt, wait);
        }
    }

    // Returns false if the end leaves no time for another attempt.
    private boolean pause(ConnectRefusal refusal, Duration pause, Deadline end) {
        LOG.atWarn()
                .addKeyValue("event", "database.retry")
                .addKeyValue("attempt", attempt)
                .addKeyValue("pauseMillis", pause.toMillis())
                .log("No connection to {} yet: {}", refusal.login().place(), refusal.describe());
        return Backoff.sleep(pause, end);
    }
}
