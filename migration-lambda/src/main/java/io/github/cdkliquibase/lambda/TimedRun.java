package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.deadline.BoundedWork;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Work with a database that ends in time, whatever it is stuck in. */
final class TimedRun {

    private final ConnectionFactory connections;
    private final Supplier<String> howFar;
    private final BoundedWork thread = new BoundedWork();

    /**
     * For all the work of one function.
     *
     * @param howFar says how far the work that could not be stopped came, as the end of a clause
     */
    TimedRun(ConnectionFactory connections, Supplier<String> howFar) {
        this.connections = connections;
        this.howFar = howFar;
    }

    /** Whether work of an event that was answered still goes on, because nothing could stop it. */
    boolean isStuck() {
        return thread.isStuck();
    }

    /**
     * Does work on a connection that is closed when it ends.
     *
     * @throws MigrationException if the time was not enough
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
