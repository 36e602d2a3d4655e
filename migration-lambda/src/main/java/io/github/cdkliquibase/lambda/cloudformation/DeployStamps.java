package io.github.cdkliquibase.lambda.cloudformation;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stamp of an event, {@code DeployedAt}, and the one that it replaces. CloudFormation sends no other sign when it rolls a
 * stack back.
 *
 * @param deploy empty if there is none, or if it is not an instant
 * @param replaced the same for the old properties
 */
record DeployStamps(Optional<Instant> deploy, Optional<Instant> replaced) {

    /** The property with the instant of the deploy. */
    static final String DEPLOYED_AT = "DeployedAt";

    /** The largest accepted difference between clocks of machines that deploy. */
    private static final Duration LARGEST_LEAD = Duration.ofHours(1);

    /**
     * The stamps of an event.
     *
     * @param properties of the event
     * @param oldProperties that the event replaces
     */
    static DeployStamps of(@Nullable Object properties, @Nullable Object oldProperties) {
        return new DeployStamps(stamp(properties), stamp(oldProperties));
    }

    private static Optional<Instant> stamp(@Nullable Object properties) {
        return properties instanceof Map<?, ?> map && map.get(DEPLOYED_AT) instanceof String text
                ? instant(text)
                : Optional.empty();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether the event undoes a deploy: its stamp is earlier than the one that it replaces. A replaced stamp in the
     * future comes from a wrong clock and is ignored.
     */
    boolean isStackRollback(Instant now) {
        return deploy.isPresent()
                && replaced.isPresent()
                && deploy.get().isBefore(replaced.get())
                && !isAhead(replaced.get(), now);
    }

    /**
     * Refuses a stamp in the future: every later deploy would be treated as a stack rollback.
     *
     * @throws MigrationException that names the stamp and the time
     */
    void refuseFuture(Instant now) {
        if (deploy.isPresent() && isAhead(deploy.get(), now)) {
            throw new MigrationException(
                    "Property '%s' must not be more than 1 h ahead of the function's clock, which shows %s, got '%s'. Nothing was run. Set the clock of the machine that deploys, and deploy again"
                            .formatted(DEPLOYED_AT, now, deploy.get()));
        }
    }

    private static boolean isAhead(Instant stamp, Instant now) {
        return stamp.isAfter(now.plus(LARGEST_LEAD));
    }
}
