package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.IndexBuild.Result;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset.Session;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops the invalid indexes that earlier runs have left. */
final class IndexRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(IndexRecovery.class);

    private final Engine engine;
    private final UnfinishedChangesets unfinished;
    private final RunSession session;
    private final Connection connection;
    private final StatementBounds bounds;
    private final Deadline deadline;

    IndexRecovery(
            Engine engine,
            UnfinishedChangesets unfinished,
            RunSession session,
            StatementBounds bounds,
            Deadline deadline) {
        this.engine = engine;
        this.unfinished = unfinished;
        this.session = session;
        this.connection = session.connection();
        this.bounds = bounds;
        this.deadline = deadline;
    }

    /**
     * Drops an index that was left invalid.
     *
     * @return the record without the index; the same if none was left, or if it could not be dropped
     */
    UnfinishedChangeset withoutInvalidIndex(UnfinishedChangeset left) throws SQLException {
        if (left.index().isEmpty()) {
            return left;
        }
        Result result = cleared(left.index().get(), left.session());
        if (result == Result.INVALID) {
            return left;
        }
        UnfinishedChangeset now = result == Result.MISSING || !left.isUncertain() ? left.withNothingRunning() : left;
        if (!now.equals(left) && !now.isEmpty()) {
            unfinished.note(now);
        }
        return now;
    }

    // The role that created the index drops it.
    private Result cleared(IndexBuild index, Session made) throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
        try {
            return session.asRole(
                    made.hasRole() ? Optional.of(made.role()) : Optional.empty(),
                    () -> engine.indexes().clear(index, connection, bounds, deadline));
        } catch (SQLException e) {
            if (engine.failures().kind(e) != FailureKind.NO_PRIVILEGE) {
                throw e;
            }
            warnOfKept(index, e);
            return Result.INVALID;
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(false);
            }
        }
    }

    private void warnOfKept(IndexBuild index, SQLException refusal) {
        LOG.atWarn()
                .addKeyValue("event", "index.kept")
                .log(
                        "Index {} was left invalid and could not be dropped: {}. Drop it by hand",
                        index,
                        engine.failures().describe(refusal));
    }
}
