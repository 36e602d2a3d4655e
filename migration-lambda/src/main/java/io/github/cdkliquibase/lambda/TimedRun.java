package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.deadline.BoundedWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs work with a database and ends it in time, even if it hangs. */
final class TimedRun {

    private final ConnectionFactory connections;
    private final Supplier<String> howFar;
    private final BoundedWork thread = new BoundedWork();

    /**
     * Creates the runner for all work of one function.
     *
     * @param howFar says how far work came that could not be stopped, as the end of a clause
     */
    TimedRun(ConnectionFactory connections, Supplier<String> howFar) {
        this.connections = connections;
        this.howFar = howFar;
    }

    /** Whether work of an answered event is still running, because nothing could stop it. */
    boolean isStuck() {
        return thread.isStuck();
    }

    /**
     * Does work on a connection, and closes it afterwards.
     *
     * @throws MigrationException if the work did not end in time
     */
    <T> T inTime(Deadline deadline, Function<DatabaseSession, T> work) {
        DatabaseSession session = connections.newSession();
        try {
            return thread.run(
                    () -> {
                        try (session) {
                            return work.apply(session);
                        }
                    },
                    deadline,
                    session);
        } catch (TimeoutException e) {
            throw new MigrationException(
                    "The function ran out of time%s, and its work could not be stopped. Give the function more time, and make sure that the work has ended before you deploy again"
                            .formatted(howFar.get()),
                    e);
        } catch (BoundedWork.HeapFullException e) {
            throw new MigrationException(
                    "The function ran out of memory%s. Its heap of %d MiB is full. Give the function more memory, or split what the changeset does, and deploy again"
                            .formatted(howFar.get(), Runtime.getRuntime().maxMemory() / 1024 / 1024),
                    e);
        } catch (BoundedWork.NotStartedException e) {
            throw new MigrationException(
                    "Nothing was run: an earlier run in the same process could not be stopped and is still running%s. Deploy again: the process ends after this answer"
                            .formatted(howFar.get()),
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
