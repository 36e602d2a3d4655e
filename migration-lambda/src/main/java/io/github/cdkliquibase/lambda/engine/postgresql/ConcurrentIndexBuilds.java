package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.IndexBuild.Result;
import io.github.cdkliquibase.lambda.engine.IndexBuilds;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Concurrent builds of indexes. A build that fails or is cut short leaves the index behind, invalid: writes keep it up
 * to date, reads do not use it, a unique one still refuses rows, and {@code IF NOT EXISTS} takes it for the index that was
 * wanted.
 */
final class ConcurrentIndexBuilds implements IndexBuilds {

    private static final Logger LOG = LoggerFactory.getLogger(ConcurrentIndexBuilds.class);

    private static final Duration FIRST_POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_POLL = Duration.ofSeconds(2);

    @Override
    public Optional<IndexBuild> of(String sql, Connection connection) throws SQLException {
        Optional<WantedIndex> wanted = WantedIndex.by(sql);
        return wanted.isEmpty() ? Optional.empty() : IndexCatalog.before(wanted.get(), connection);
    }

    @Override
    public boolean isRebuild(String sql) {
        return WantedIndex.isRebuild(sql);
    }

    @Override
    public Result result(IndexBuild build, Connection connection) throws SQLException {
        List<IndexCatalog.Found> found = IndexCatalog.of(build, connection);
        if (found.isEmpty()) {
            return Result.MISSING;
        }
        return found.stream().allMatch(IndexCatalog.Found::isValid) ? Result.VALID : Result.INVALID;
    }

    @Override
    public Result clear(IndexBuild build, Connection connection, StatementBounds bounds, Deadline deadline)
            throws SQLException {
        Optional<Result> ended = awaitEnd(build, connection, deadline);
        if (ended.isEmpty()) {
            return Result.INVALID;
        }
        if (ended.get() != Result.INVALID) {
            return ended.get();
        }
        for (IndexCatalog.Found index : IndexCatalog.of(build, connection)) {
            if (!index.isValid()) {
                drop(index, connection, bounds);
            }
        }
        return result(build, connection);
    }

    // Empty if the index is still being built at the deadline.
    private Optional<Result> awaitEnd(IndexBuild build, Connection connection, Deadline deadline) throws SQLException {
        Backoff backoff = new Backoff(FIRST_POLL, LONGEST_POLL);
        Result left = result(build, connection);
        while (left == Result.INVALID && IndexCatalog.isBeingBuilt(build, connection)) {
            if (!Backoff.sleep(backoff.next(), deadline)) {
                return Optional.empty();
            }
            left = result(build, connection);
        }
        return Optional.of(left);
    }

    private static void drop(IndexCatalog.Found index, Connection connection, StatementBounds bounds)
            throws SQLException {
        LOG.atWarn()
                .addKeyValue("event", "index.dropped")
                .log(
                        "Index {} was left invalid by a build that failed or was cut short. It is dropped",
                        Text.quote(index.qualifiedName()));
        try (Statement drop = connection.createStatement()) {
            bounds.waitLonger(() -> drop.execute("DROP INDEX CONCURRENTLY " + index.qualifiedName()));
        }
    }
}
