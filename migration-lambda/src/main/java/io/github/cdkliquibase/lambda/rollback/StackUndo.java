package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryGlance;
import io.github.cdkliquibase.lambda.engine.HistoryNames;
import io.github.cdkliquibase.lambda.engine.RunLock;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.history.ResourceName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stack rollback that takes the database back. All or nothing is decided before the first statement. Each changeset is then undone
 * in a transaction of its own, together with its row in Liquibase's history, so that a rollback that was cut short can be repeated.
 */
public final class StackUndo {

    private static final Logger LOG = LoggerFactory.getLogger(StackUndo.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Engine engine;
    private final UndoRequest request;
    private final Deadline deadline;
    private final UndoProgress progress = new UndoProgress();

    private StackUndo(Engine engine, UndoRequest request, Deadline deadline) {
        this.engine = engine;
        this.request = request;
        this.deadline = deadline;
    }

    /**
     * Whether the history of deploys shows that an Update with an earlier stamp is no stack rollback: no deploy ever had its stamp,
     * and every run that has written Liquibase's history is noted.
     *
     * @param stamp of the Update
     * @param connection with auto-commit on
     * @throws MigrationException if the history cannot be read
     */
    public static boolean wasNeverDeployed(
            Engine engine, HistoryNames history, ResourceName resource, Instant stamp, Connection connection) {
        try {
            Optional<HistoryGlance> glance = engine.catalog().glance(history, connection);
            // Where the user may only read it, not every deploy is noted.
            if (glance.isEmpty() || glance.get().state().deploys() != DeployTable.Access.WRITE) {
                return false;
            }
            DeployTable deploys = engine.catalog().deploys(glance.get().tables(), connection);
            return new DeploysToUndo(deploys.of(resource.id()), stamp).neverHadTarget() && !deploys.hasOthers();
        } catch (SQLException e) {
            throw new MigrationException(
                    "The history of deploys could not be read: "
                            + engine.failures().describe(e),
                    e);
        }
    }

    /**
     * Rolls back the changesets of all deploys that are later than the one that the stack goes back to.
     *
     * @param connections each with auto-commit on. The next one is asked for where the last one was lost
     * @throws MigrationException if there is no connection
     */
    public static UndoReport undo(
            Engine engine, UndoRequest request, Supplier<Connection> connections, Deadline deadline) {
        return new StackUndo(engine, request, deadline).overConnections(connections);
    }

    private UndoReport overConnections(Supplier<Connection> connections) {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        while (true) {
            Connection connection = connections.get();
            try {
                return on(connection);
            } catch (SQLException e) {
                boolean isLost = engine.sessions().loss(e, connection).isPresent();
                if (!isLost || !Backoff.sleep(backoff.next(), deadline)) {
                    return progress.stopped(describe(e));
                }
                LOG.atWarn()
                        .addKeyValue("event", "connection.lost")
                        .log(
                                "The connection was lost during the rollback: {}. It goes on with another one",
                                describe(e));
            }
        }
    }

    private UndoReport on(Connection connection) throws SQLException {
        Optional<HistoryGlance> glance = engine.catalog().glance(request.history(), connection);
        if (glance.isEmpty()) {
            return progress.stopped("the schema of the history does not exist");
        }
        Optional<String> obstacle = obstacle(glance.get());
        if (obstacle.isPresent()) {
            return progress.stopped(obstacle.get());
        }
        if (request.history().defaultSchema().isPresent()) {
            engine.catalog().searchFirst(request.history().defaultSchema().get(), connection);
        }
        connection.setAutoCommit(false);
        try (RunLock lock = engine.sessions().lock(connection, glance.get().tables(), request.lockTimeout())) {
            lock.acquire(deadline);
            // Another run may have made or dropped a table while this one waited.
            HistoryGlance now =
                    engine.catalog().glance(request.history(), connection).orElse(glance.get());
            return new LockedUndo(engine, request, now, connection, progress, deadline).run();
        } catch (MigrationException e) {
            return progress.stopped(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> obstacle(HistoryGlance glance) {
        return switch (glance.state().deploys()) {
            case WRITE -> Optional.empty();
            case NONE -> Optional.of("there is no history of deploys beside Liquibase's history");
            case OUTDATED -> Optional.of("an earlier version of this function has applied the changesets");
            case READ -> Optional.of("the user may not write the history of deploys");
            case REFUSED ->
                Optional.of(
                        "the history of deploys belongs to a role that this user does not trust, or cannot be read");
        };
    }

    private String describe(SQLException failure) {
        return describe(failure, engine, request);
    }

    /** The server's message about a failure, without the values of parameters. */
    static String describe(SQLException failure, Engine engine, UndoRequest request) {
        return engine.failures()
                .of(failure)
                .map(message -> message.withText(request.redaction().ofServer(message, ChangelogText.UNKNOWN))
                        .withState())
                .orElse(failure.getClass().getSimpleName());
    }
}
