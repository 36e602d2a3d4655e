package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.deadline.BoundedWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Runs work with a database and ends it in time, even if it hangs. */
final class TimedRun {

    private final ConnectionFactory connections;
    private final BoundedWork thread = new BoundedWork();
    private volatile Optional<Work<?>> started = Optional.empty();

    /** For all the work of one function. */
    TimedRun(ConnectionFactory connections) {
        this.connections = connections;
    }

    /** Work on a connection, which can be asked from another thread how far it is. */
    interface Work<T> {

        /** Does the work. What the session has opened is closed when the work ends. */
        T on(DatabaseSession session);

        /** How far the work is, as the end of a clause; empty if it cannot say. May be called from any thread. */
        default String howFar() {
            return "";
        }
    }

    /** Whether work of an answered event is still running, because nothing could stop it. */
    boolean isStuck() {
        return thread.isStuck();
    }

    /**
     * Does work on a connection, and closes it afterwards.
     *
     * @param engine of the database
     * @throws MigrationException if the work did not end in time
     */
    <T> T inTime(Engine engine, Deadline deadline, Work<T> work) {
        DatabaseSession session = new DatabaseSession(connections, engine);
        try {
            return thread.run(
                    () -> {
                        started = Optional.of(work);
                        try (session) {
                            return work.on(session);
                        }
                    },
                    deadline,
                    session);
        } catch (TimeoutException e) {
            throw new MigrationException(
                    "The function ran out of time%s, and its work could not be stopped. Give the function more time, and make sure that the work has ended before you deploy again"
                            .formatted(work.howFar()),
                    e);
        } catch (BoundedWork.HeapFullException e) {
            throw new MigrationException(
                    "The function ran out of memory%s. Its heap of %d MiB is full. Give the function more memory, or split what the changeset does, and deploy again"
                            .formatted(work.howFar(), Runtime.getRuntime().maxMemory() / 1024 / 1024),
                    e);
        } catch (BoundedWork.NotStartedException e) {
            throw new MigrationException(
                    "Nothing was run: an earlier run in the same process could not be stopped and is still running%s. Deploy again: the process ends after this answer"
                            .formatted(started.map(Work::howFar).orElse("")),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException("The run was interrupted", e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The run ended in an unexpected way", e);
        }
    }
}
