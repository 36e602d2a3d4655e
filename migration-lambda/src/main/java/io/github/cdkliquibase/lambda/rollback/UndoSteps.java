package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.LostColumn;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Executes the steps. A step that loses against another session is tried again until the deadline. */
final class UndoSteps {

    private static final Logger LOG = LoggerFactory.getLogger(UndoSteps.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Engine engine;
    private final UndoRequest request;
    private final RunSession session;
    private final Connection connection;
    private final WaysBack waysBack;
    private final StatementBounds bounds;
    private final UndoProgress progress;
    private final Deadline deadline;

    UndoSteps(
            Engine engine,
            UndoRequest request,
            RunSession session,
            WaysBack waysBack,
            UndoProgress progress,
            Deadline deadline) {
        this.engine = engine;
        this.request = request;
        this.session = session;
        this.connection = session.connection();
        this.waysBack = waysBack;
        this.bounds = engine.sessions().bounds(connection, request.lockTimeout(), deadline);
        this.progress = progress;
        this.deadline = deadline;
    }

    /** Tries all steps and rolls back; gives for each what it would drop. */
    List<List<LostColumn>> tried(List<Undo> steps) throws SQLException, StepFailedException {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        while (true) {
            try {
                return new TrialRun(engine, request, session, waysBack).of(steps);
            } catch (StepFailedException e) {
                throwIfLost(e.failure());
                if (!isConflict(e.failure()) || !Backoff.sleep(backoff.next(), deadline)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Executes the steps.
     *
     * @param lost for each step what it drops
     * @throws NotUndoneException if it must stop
     * @throws SQLException if the connection is lost
     */
    void execute(List<Undo> steps, List<List<LostColumn>> lost, WrittenRows written)
            throws SQLException, NotUndoneException {
        for (int i = 0; i < steps.size(); i++) {
            if (deadline.passed()) {
                throw stopped(steps.get(i), "the function ran out of time");
            }
            try {
                long start = System.nanoTime();
                execute(steps.get(i), lost.get(i), written);
                log(steps.get(i), i + 1, steps.size(), (System.nanoTime() - start) / 1_000_000);
            } catch (NotUndoneException e) {
                throw stopped(steps.get(i), String.valueOf(e.getMessage()));
            } catch (SQLException e) {
                throwIfLost(e);
                throw stopped(steps.get(i), StackUndo.describe(e, engine, request));
            }
        }
    }

    private static NotUndoneException stopped(Undo step, String why) {
        return new NotUndoneException("changeset '%s' could not be rolled back: %s".formatted(step.changeset(), why));
    }

    private static void log(Undo step, int index, int total, long millis) {
        LOG.atInfo()
                .addKeyValue("event", "changeset.rolled-back")
                .addKeyValue("changeset", step.changeset().toString())
                .addKeyValue("index", index)
                .addKeyValue("total", total)
                .addKeyValue("durationMillis", millis)
                .log("Rolled back changeset {}", step.changeset());
    }

    private void execute(Undo step, List<LostColumn> lost, WrittenRows written)
            throws SQLException, NotUndoneException {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        while (true) {
            try {
                once(step, lost, written);
                return;
            } catch (SQLException e) {
                if (!connection.isClosed()) {
                    connection.rollback();
                }
                if (!isConflict(e) || !Backoff.sleep(backoff.next(), deadline)) {
                    throw e;
                }
            }
        }
    }

    private void once(Undo step, List<LostColumn> lost, WrittenRows written) throws SQLException, NotUndoneException {
        boolean refusesATransaction = step.statements().stream().anyMatch(this::isAlone);
        if (refusesATransaction) {
            alone(step);
        }
        session.beginOwnTransaction();
        if (!refusesATransaction) {
            written.guard(lost);
            for (String sql : step.statements()) {
                execute(sql);
            }
            session.useOwnSettings();
        }
        waysBack.undone(step.changeset(), step.deployment(), step.rowBefore(), request.id());
        connection.commit();
        if (!step.isMarkedOnly()) {
            progress.oneMore();
        }
    }

    private boolean isAlone(String sql) {
        return engine.statements().kindOf(sql) == StatementKind.ALONE;
    }

    // A drop that an earlier attempt has done, before its row was removed, is done.
    private void alone(Undo step) throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
        try {
            for (String sql : step.statements()) {
                try {
                    bounds.waitLonger(() -> execute(sql));
                } catch (SQLException e) {
                    if (!engine.statements().isDrop(sql) || engine.failures().kind(e) != FailureKind.NO_OBJECT) {
                        throw e;
                    }
                }
            }
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(false);
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private boolean isConflict(SQLException failure) {
        return engine.failures().kind(failure).isConflict();
    }

    private void throwIfLost(SQLException failure) throws SQLException {
        if (engine.sessions().loss(failure, connection).isPresent()) {
            throw failure;
        }
    }
}
