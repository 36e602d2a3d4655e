package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryGlance;
import io.github.cdkliquibase.lambda.engine.KeptWayBack;
import io.github.cdkliquibase.lambda.engine.LostColumn;
import io.github.cdkliquibase.lambda.engine.NotedDeploy;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A rollback on one connection, under the lock of the history: decides first, and then undoes. */
final class LockedUndo {

    private static final Logger LOG = LoggerFactory.getLogger(LockedUndo.class);

    private final Engine engine;
    private final UndoRequest request;
    private final HistoryGlance glance;
    private final Connection connection;
    private final UndoProgress progress;
    private final Deadline deadline;
    private final DeployTable deploys;
    private final WaysBack waysBack;

    /**
     * Nothing is decided yet.
     *
     * @param connection with auto-commit off
     */
    LockedUndo(
            Engine engine,
            UndoRequest request,
            HistoryGlance glance,
            Connection connection,
            UndoProgress progress,
            Deadline deadline)
            throws SQLException {
        this.engine = engine;
        this.request = request;
        this.glance = glance;
        this.connection = connection;
        this.progress = progress;
        this.deadline = deadline;
        this.deploys = engine.catalog().deploys(glance.tables(), connection);
        this.waysBack = engine.catalog().waysBack(glance.tables(), connection);
    }

    UndoReport run() throws SQLException {
        try {
            progress.isAtLeast(already());
            undo(later());
            return progress.done();
        } catch (NotUndoneException e) {
            return progress.stopped(String.valueOf(e.getMessage()));
        } catch (StepFailedException e) {
            return progress.stopped("a trial of the rollback failed at changeset '%s': %s"
                    .formatted(e.step().changeset(), StackUndo.describe(e.failure(), engine, request)));
        }
    }

    private List<NotedDeploy> later() throws SQLException, NotUndoneException {
        return new DeploysToUndo(deploys.of(request.resource().id()), request.target())
                .newestFirst()
                .orElseThrow(() -> new NotUndoneException(
                        "the history of deploys does not know the deploy of %s, to which the stack goes back"
                                .formatted(request.target())));
    }

    private void undo(List<NotedDeploy> later) throws SQLException, NotUndoneException, StepFailedException {
        List<Undo> steps =
                later.isEmpty() ? List.of() : UndoPlan.of(later, keptWays(later), waysBack.history(ids(later)));
        if (steps.isEmpty() && deploys.hasOthers()) {
            throw new NotUndoneException(
                    "Liquibase's history has changesets of a deploy that the history of deploys does not know");
        }
        connection.rollback();
        RunSession session = engine.sessions().session(connection, glance.tables());
        UndoSteps execution = new UndoSteps(engine, request, session, waysBack, progress, deadline);
        UnfinishedWork unfinished = new UnfinishedWork(engine, request, glance, connection);
        unfinished.refuseHalfDone();
        List<List<LostColumn>> lost = execution.tried(steps);
        WrittenRows written = new WrittenRows(engine, request, since(later, steps), ids(later), waysBack, connection);
        for (List<LostColumn> each : lost) {
            written.refuse(each);
        }
        connection.rollback();
        unfinished.clear(engine.sessions().bounds(connection, request.lockTimeout(), deadline), deadline);
        execution.execute(steps, lost, written);
        markUndone(steps);
    }

    private List<KeptWayBack> keptWays(List<NotedDeploy> later) throws SQLException, NotUndoneException {
        return switch (glance.state().waysBack()) {
            case WRITE -> waysBack.of(ids(later));
            case NONE -> List.of();
            case READ, OUTDATED ->
                throw new NotUndoneException("the user may not write table '%s'".formatted(waysBack.name()));
            case REFUSED ->
                throw new NotUndoneException(
                        "table '%s' cannot be trusted: another role owns it, or may write it. Revoke its rights"
                                .formatted(waysBack.name()));
        };
    }

    // The oldest of the deploys that are undone counts: what others have written since then is later than all of them.
    private static Optional<String> since(List<NotedDeploy> later, List<Undo> steps) {
        return later.reversed().stream()
                .filter(deploy ->
                        steps.stream().anyMatch(step -> step.deployment().equals(deploy.id())))
                .findFirst()
                .map(NotedDeploy::begunAt)
                .filter(point -> !point.isEmpty());
    }

    // A note for people. The rollback itself is done.
    private void markUndone(List<Undo> steps) {
        try {
            for (String deployment :
                    steps.stream().map(Undo::deployment).distinct().toList()) {
                deploys.undone(deployment);
            }
            connection.commit();
        } catch (SQLException e) {
            LOG.info(
                    "The deploys could not be marked as undone: {}",
                    engine.failures().describe(e));
        }
    }

    // Counted by the database: an earlier delivery of the same event may have done a part.
    private int already() throws SQLException {
        return glance.state().waysBack() == DeployTable.Access.WRITE ? waysBack.countUndone(request.id()) : 0;
    }

    private static List<String> ids(List<NotedDeploy> deploys) {
        return deploys.stream().map(NotedDeploy::id).toList();
    }
}
