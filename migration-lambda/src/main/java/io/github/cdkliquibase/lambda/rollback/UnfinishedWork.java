package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryGlance;
import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.engine.UnfinishedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The changesets that a deploy of the resource has left half-done. */
final class UnfinishedWork {

    private final Engine engine;
    private final UndoRequest request;
    private final HistoryGlance glance;
    private final Connection connection;

    UnfinishedWork(Engine engine, UndoRequest request, HistoryGlance glance, Connection connection) {
        this.engine = engine;
        this.request = request;
        this.glance = glance;
        this.connection = connection;
    }

    /**
     * Refuses what cannot be tidied up. Of a changeset outside a transaction the first statements stay, and its way back is for the
     * whole of it.
     */
    void refuseHalfDone() throws SQLException, NotUndoneException {
        for (UnfinishedChangeset each : rows()) {
            if (!isInvalidIndexAlone(each)) {
                throw new NotUndoneException(
                        "changeset '%s' stopped after %d of its statements, and a part of it cannot be undone. Deploy again, so that it is finished"
                                .formatted(each.name(), each.done()));
            }
        }
    }

    private static boolean isInvalidIndexAlone(UnfinishedChangeset each) {
        return each.done() == 0
                && !each.touchedDatabase()
                && !each.whole()
                && each.index().isPresent();
    }

    /** Drops the invalid indexes that concurrent builds have left. */
    void clear(StatementBounds bounds, Deadline deadline) throws SQLException, NotUndoneException {
        for (UnfinishedChangeset each : rows()) {
            connection.rollback();
            connection.setAutoCommit(true);
            try {
                clear(each.index().orElseThrow(), bounds, deadline);
            } finally {
                connection.setAutoCommit(false);
            }
            table().delete(each.name());
            connection.commit();
        }
    }

    private void clear(IndexBuild index, StatementBounds bounds, Deadline deadline)
            throws SQLException, NotUndoneException {
        if (engine.indexes().clear(index, connection, bounds, deadline) != IndexBuild.Result.MISSING) {
            throw new NotUndoneException("index %s of an unfinished changeset could not be dropped".formatted(index));
        }
    }

    private List<UnfinishedChangeset> rows() throws SQLException {
        if (!glance.state().hasUnfinished()) {
            return List.of();
        }
        return table().rows().stream()
                .filter(each ->
                        each.origin().resource().equals(request.resource().words()))
                .toList();
    }

    private UnfinishedTable table() throws SQLException {
        return engine.catalog().unfinished(glance.tables(), connection);
    }
}
