package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.lock.SessionLock;
import java.sql.SQLException;
import java.util.Map;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.database.core.PostgresDatabase;
import liquibase.exception.LiquibaseException;
import liquibase.exception.LockException;
import liquibase.lockservice.StandardLockService;
import org.jspecify.annotations.Nullable;

/**
 * Gives Liquibase the lock of the run instead of a row in a table.
 *
 * <p>Public, with a public constructor, because Liquibase makes it by reflection from the service file of the artifact.
 */
public final class SessionLockService extends StandardLockService {

    private static final String LOCK = SessionLock.class.getName();
    private static final String DEADLINE = Deadline.class.getName();

    /** Called by Liquibase. */
    public SessionLockService() {}

    @FunctionalInterface
    interface Work {
        void run() throws LiquibaseException;
    }

    /** Does what needs the lock, which Liquibase takes when it has to, at the latest by the deadline. */
    static void within(SessionLock lock, Deadline deadline, Work work) throws LiquibaseException {
        try {
            Scope.child(Map.of(LOCK, lock, DEADLINE, deadline), work::run);
        } catch (LiquibaseException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new LiquibaseException(e);
        }
    }

    private static @Nullable SessionLock lock() {
        return Scope.getCurrentScope().get(LOCK, SessionLock.class);
    }

    // Above any other service that may be on the class path: there must be one lock.
    @Override
    public int getPriority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public boolean supports(Database database) {
        return database instanceof PostgresDatabase && lock() != null;
    }

    // No table is needed.
    @Override
    public void init() {}

    @Override
    public boolean hasChangeLogLock() {
        SessionLock lock = lock();
        return lock != null && lock.isHeld();
    }

    @Override
    public void waitForLock() throws LockException {
        SessionLock lock = lock();
        if (lock == null) {
            throw new LockException("The run has no lock");
        }
        try {
            lock.acquire(Scope.getCurrentScope().get(DEADLINE, Deadline.class));
            database.setCanCacheLiquibaseTableInfo(true);
        } catch (SQLException e) {
            throw new LockException(e);
        }
    }

    @Override
    public boolean acquireLock() throws LockException {
        waitForLock();
        return true;
    }

    // Whoever made it releases it, when the whole run is over.
    @Override
    public void releaseLock() {}
}
