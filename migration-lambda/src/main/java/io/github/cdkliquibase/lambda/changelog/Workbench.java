package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetExecutor;
import io.github.cdkliquibase.lambda.engine.LockWatch;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;

/** What a run works with on one connection, from the moment when it has the lock. */
record Workbench(
        RunSession session,
        UnfinishedChangesets unfinished,
        StatementBounds bounds,
        ChangesetExecutor executor,
        LockWatch watch) {

    /** Ends the watch, and drops the table of unfinished changesets if it holds none. */
    void close() {
        watch.close();
        unfinished.dropIfEmpty();
    }
}
