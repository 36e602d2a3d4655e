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
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A rollback on one connection, under the lock of the history: decides first, and then undoes. */
final class LockedUndo {

    private static final int LONGEST_REASON = 900;

    private final Engine engine;
    private final UndoRequest request;
    private final HistoryGlance glance;
    private final Connection connection;
    private final Deadline deadline;
    private final DeployTable deploys;
    private final WaysBack waysBack;

    /**
     * Nothing is decided yet.
     *
     * @param connection with auto-commit off
     */
    LockedUndo(Engine engine, UndoRequest request, HistoryGlance glance, Connection connection, Deadline deadline)
            throws SQLException {
        this.engine = engine;
        this.request = request;
        this.glance = glance;
        this.connection = connection;
        this.deadline = deadline;
        this.deploys = engine.catalog().deploys(glance.tables(), connection);
        this.waysBack = engine.catalog().waysBack(glance.tables(), connection);
    }

    UndoReport run() throws SQLException {
        try {
            return undo(later());
        } catch (NotUndoneException e) {
            return new UndoReport(already(), "Nothing was rolled back: " + cut(String.valueOf(e.getMessage())));
        } catch (StepFailedException e) {
            return new UndoReport(
                    already(), "Nothing was rolled back: a trial of the rollback failed at " + cut(failureOf(e)));
        }
    }

    private List<NotedDeploy> later() throws SQLException, NotUndoneException {
        return new DeploysToUndo(deploys.of(request.resource().id()), request.target())
                .newestFirst()
                .orElseThrow(() -> new NotUndoneException(
                        "the history of deploys does not know the deploy of %s, to which the stack goes back"
                                .formatted(request.target())));
    }

    private UndoReport undo(List<NotedDeploy> later) throws SQLException, NotUndoneException, StepFailedException {
        List<KeptWayBack> ways = keptWays(later);
        List<Undo> steps = later.isEmpty() ? List.of() : UndoPlan.of(later, ways, waysBack.history(ids(later)));
        connection.rollback();
        RunSession session = engine.sessions().session(connection, glance.tables());
        UndoSteps execution = new UndoSteps(engine, request, session, waysBack, deadline);
        UnfinishedWork unfinished = new UnfinishedWork(engine, request, glance, connection);
        unfinished.refuseHalfDone();
        List<List<LostColumn>> lost = execution.tried(steps);
        WrittenRows written = new WrittenRows(engine, request, since(later), transactions(ways), connection);
        for (List<LostColumn> each : lost) {
            written.refuse(each);
        }
        connection.rollback();
        unfinished.clear(engine.sessions().bounds(connection, request.lockTimeout(), deadline), deadline);
        Optional<String> obstacle = execution.execute(steps, lost, written);
        if (obstacle.isEmpty()) {
            markUndone(steps);
        }
        return new UndoReport(already(), obstacle.map(LockedUndo::cut).orElse(""));
    }

    private List<KeptWayBack> keptWays(List<NotedDeploy> later) throws SQLException, NotUndoneException {
        return switch (glance.state().waysBack()) {
            case WRITE -> waysBack.of(ids(later));
            case NONE -> List.of();
            case READ, OUTDATED, REFUSED ->
                throw new NotUndoneException(
                        "table '%s' cannot be trusted: another role owns it, or may write it. Revoke its rights"
                                .formatted(waysBack.name()));
        };
    }

    // The oldest deploy counts: what others have written since then is later than all of them.
    private static Optional<String> since(List<NotedDeploy> later) {
        return later.isEmpty()
                ? Optional.empty()
                : Optional.of(later.get(later.size() - 1).begunAt()).filter(point -> !point.isEmpty());
    }

    private static List<String> transactions(List<KeptWayBack> ways) {
        return ways.stream().map(KeptWayBack::transaction).toList();
    }

    private void markUndone(List<Undo> steps) throws SQLException {
        for (String deployment : steps.stream().map(Undo::deployment).distinct().toList()) {
            deploys.undone(deployment);
        }
        connection.commit();
    }

    // Counted by the database: an earlier delivery of the same event may have done a part.
    private int already() throws SQLException {
        connection.rollback();
        int count = glance.state().waysBack() == DeployTable.Access.WRITE ? waysBack.countUndone(request.id()) : 0;
        connection.rollback();
        return count;
    }

    private String failureOf(StepFailedException failed) {
        return "changeset '%s': %s"
                .formatted(failed.step().changeset(), StackUndo.describe(failed.failure(), engine, request));
    }

    private static List<String> ids(List<NotedDeploy> deploys) {
        return deploys.stream().map(NotedDeploy::id).toList();
    }

    private static String cut(String reason) {
        return Text.cut(Text.oneLine(reason), LONGEST_REASON);
    }
}
