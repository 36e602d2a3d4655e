package io.github.cdkliquibase.lambda.engine;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Follows index builds that outlive their statement. */
public interface IndexBuilds {

    /**
     * The build that a statement will begin.
     *
     * @return empty if the statement builds no such index, or if there is no such table
     */
    Optional<IndexBuild> of(String sql, Connection connection) throws SQLException;

    /** Whether a statement rebuilds existing indexes. */
    boolean isRebuild(String sql);

    /** The current state of the index. */
    IndexBuild.Result result(IndexBuild build, Connection connection) throws SQLException;

    /**
     * Drops the index if the build left it invalid. Waits for another session that is building an index on the table,
     * and for the locks and old snapshots that block the drop.
     *
     * @param connection with auto-commit on
     * @param bounds of the connection
     * @return the state after that: missing or valid; invalid if the other session did not end before the deadline
     */
    IndexBuild.Result clear(IndexBuild build, Connection connection, StatementBounds bounds, Deadline deadline)
            throws SQLException;
}
