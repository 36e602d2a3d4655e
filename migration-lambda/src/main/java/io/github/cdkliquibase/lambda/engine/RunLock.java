package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.SQLException;

/** The lock on a changelog's history: one run at a time. A run that was killed leaves none behind for longer than seconds. */
public interface RunLock extends AutoCloseable {

    /**
     * Acquires the lock unless the session holds it already; waits until the deadline.
     *
     * @throws MigrationException if it could not be acquired in time; the reason says who holds it
     * @throws SQLException if the database could not be asked
     */
    void acquire(Deadline deadline) throws SQLException;

    /**
     * Acquires the lock again after the session has released it, for example by {@code DISCARD ALL}.
     *
     * @throws MigrationException if another run holds it until the deadline
     * @throws SQLException if the database could not be asked
     */
    void acquireAgain(Deadline deadline) throws SQLException;

    /** Releases the lock. Where the database cannot be asked, the lock ends by itself. */
    @Override
    void close();
}
