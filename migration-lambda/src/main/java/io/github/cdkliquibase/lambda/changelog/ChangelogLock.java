package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import liquibase.database.Database;
import liquibase.exception.LockException;
import liquibase.lockservice.LockService;
import liquibase.lockservice.LockServiceFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Liquibase's lock on the changelog, waited for until the deadline instead of for whole minutes.
 *
 * <p>Taken before {@code update} asks for it, which then finds that it has it.
 */
final class ChangelogLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangelogLock.class);

    private static final Duration POLL = Duration.ofMillis(500);

    private final LockService service;

    ChangelogLock(Database database) {
        this.service = LockServiceFactory.getInstance().getLockService(database);
    }

    void acquire(Deadline deadline) throws LockException {
        Duration atStart = deadline.left();
        while (!service.acquireLock()) {
            LOG.atInfo()
                    .addKeyValue("event", "lock.waiting")
                    .addKeyValue("leftMillis", deadline.left().toMillis())
                    .log("Another run holds the changelog lock");
            if (!Backoff.sleep(POLL, deadline)) {
                throw new MigrationException(
                        "The changelog lock was not to be had within %d s; it is held by %s. If that run is gone, release it with Liquibase's command 'releaseLocks' and deploy again"
                                .formatted(atStart.minus(deadline.left()).toSeconds(), holders()));
            }
        }
    }

    private String holders() throws LockException {
        String holders = Arrays.stream(service.listLocks())
                .map(lock -> "%s since %s"
                        .formatted(
                                Text.quote(String.valueOf(lock.getLockedBy())),
                                lock.getLockGranted() == null
                                        ? "an unknown time"
                                        : lock.getLockGranted().toInstant()))
                .collect(Collectors.joining(", "));
        return holders.isEmpty() ? "nobody any more" : holders;
    }

    @Override
    public void close() throws LockException {
        if (service.hasChangeLogLock()) {
            service.releaseLock();
        }
    }
}
