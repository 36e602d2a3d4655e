package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetConnection;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetExecutions;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetExecutor;
import io.github.cdkliquibase.lambda.changelog.execution.RunningChangeset;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.LockWatch;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.Sessions;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset.Origin;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import liquibase.database.Database;

/** What a run works with on one connection, from the moment when it has the lock. */
record Workbench(
        Engine engine,
        RunSession session,
        UnfinishedChangesets unfinished,
        StatementBounds bounds,
        ChangesetExecutor executor,
        LockWatch watch) {

    /**
     * Prepares a connection for changesets.
     *
     * @param current the changelog
     * @param whenLockIsLost acquires the lock of the run again
     */
    static Workbench on(
            ChangesetConnection liquibaseConnection,
            HistoryTables tables,
            RunContext run,
            ParsedChangelog current,
            Database database,
            ChangesetExecutions.LostLock whenLockIsLost)
            throws SQLException {
        Connection connection = liquibaseConnection.getUnderlyingConnection();
        RunOptions options = run.options();
        Engine engine = run.engine();
        Sessions sessions = engine.sessions();
        RunSession session = sessions.session(connection, tables);
        UnfinishedChangesets unfinished = UnfinishedChangesets.of(session, tables, engine);
        connection.rollback();
        LockWatch watch = sessions.watch(connection, run.connections()::openAside, options.lockTimeout());
        StatementBounds bounds = sessions.bounds(connection, options.lockTimeout(), run.deadline());
        ChangesetExecutions executions = new ChangesetExecutions(
                engine,
                session,
                run.memory(),
                whenLockIsLost,
                unfinished,
                new Origin(run.changelog().file(), options.resource().words()),
                changeSet -> current.historyRow(changeSet, database),
                bounds,
                run.deadline());
        ChangesetExecutor executor = new ChangesetExecutor(
                liquibaseConnection,
                executions,
                engine,
                watch,
                new StatementMask(current.parameters(), engine.statements()),
                run.waysBack(),
                run.deadline());
        current.executeWith(executor, database);
        return new Workbench(engine, session, unfinished, bounds, executor, watch);
    }

    /**
     * The changeset that ended an attempt, and what became of it.
     *
     * @param parsed the changelog, if it is still known
     * @param madeItselfReadOnly whether the changeset, and not the server, refuses writes
     */
    Culprit culprit(
            RunningChangeset changeset,
            Throwable failure,
            Optional<ParsedChangelog> parsed,
            boolean madeItselfReadOnly) {
        return new Culprit(
                changeset,
                executor.fate(),
                executor.place(),
                textOf(changeset, failure, parsed),
                watch.blocker(),
                madeItselfReadOnly);
    }

    private ChangelogText textOf(RunningChangeset changeset, Throwable failure, Optional<ParsedChangelog> parsed) {
        if (engine.failures().of(failure).isEmpty()) {
            return ChangelogText.UNKNOWN;
        }
        return parsed.map(current -> new StatementMask(current.parameters(), engine.statements())
                        .text(executor.place(), changeset.changeSet()))
                .orElse(ChangelogText.UNKNOWN);
    }

    /** Ends the watch, and drops the table of unfinished changesets if it holds none. */
    void close() {
        watch.close();
        unfinished.dropIfEmpty();
    }
}
