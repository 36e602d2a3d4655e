package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.DeployOutcome;
import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.util.LiquibaseUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes a deploy in the history of deploys, each step in a transaction of its own. A deploy does not fail because it cannot be
 * noted: a log line says so once, and the next deploy starts Liquibase.
 */
final class DeployRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(DeployRecorder.class);

    private final RunContext run;
    private final Optional<Deploy> deploy;
    private final Engine engine;
    private final Connection connection;
    private final DeployTable table;
    private final WaysBack waysBack;
    private boolean hasBegun;
    private boolean isRefused;
    private boolean keepsWaysBack;

    /**
     * The notes of a run on one of its connections. Nothing is noted of a deploy that cannot be recognised later.
     */
    DeployRecorder(RunContext run, Connection connection, HistoryTables tables) throws SQLException {
        this.run = run;
        this.deploy = run.options().deploy();
        this.isRefused = deploy.isEmpty();
        this.engine = run.engine();
        this.connection = connection;
        this.table = engine.catalog().deploys(tables, connection);
        this.waysBack = engine.catalog().waysBack(tables, connection);
    }

    /**
     * The deploy begins, or begins again after a failed attempt.
     *
     * @param state of the tables
     * @param session with auto-commit off, and no transaction that must be kept; empty if no changeset can have changed it
     */
    void begins(HistoryState state, Optional<RunSession> session) {
        if (isRefused) {
            return;
        }
        switch (state.deploys()) {
            case REFUSED -> refused("it belongs to a role that this user does not trust, or is another kind of table");
            case READ -> refused("the user may not write it");
            case NONE ->
                note(session, () -> {
                    table.create();
                    table.begin(deploy.orElseThrow());
                });
            case OUTDATED ->
                note(session, () -> {
                    table.upgrade();
                    table.begin(deploy.orElseThrow());
                });
            case WRITE -> note(session, () -> table.begin(deploy.orElseThrow()));
        }
        hasBegun = !isRefused;
        if (hasBegun) {
            keepWaysBack(state, session);
        }
    }

    private void keepWaysBack(HistoryState state, Optional<RunSession> session) {
        run.waysBack().keepNone();
        if (!deploy.orElseThrow().canBeUndone()) {
            return;
        }
        Optional<String> obstacle = switch (state.waysBack()) {
            case NONE -> failure(session, waysBack::create);
            case WRITE -> Optional.empty();
            case READ -> Optional.of("the user may not write it");
            case OUTDATED, REFUSED ->
                Optional.of("another role owns it, or may write it, or it is another kind of table");
        };
        obstacle.ifPresentOrElse(this::waysBackNotKept, () -> {
            keepsWaysBack = true;
            run.waysBack().keepIn(waysBack);
        });
    }

    private void waysBackNotKept(String why) {
        LOG.atWarn()
                .addKeyValue("event", "ways-back.not-kept")
                .log(
                        "The ways back of this deploy's changesets are not kept in table '{}': {}. A stack rollback cannot undo them",
                        waysBack.name(),
                        why);
    }

    /**
     * The deploy has ended without a failure. The digest is taken before Liquibase's history is read again: a row that another
     * run adds in between makes it differ from the later history.
     */
    void ends(Optional<RunSession> session, ParsedChangelog changelog, Database database, MigrationReport report) {
        note(session, () -> {
            String history = table.historyDigest();
            table.end(deploy.orElseThrow(), outcome(history, changelog, database, report));
        });
        closeWaysBack(session, true);
    }

    // A changeset may have granted rights on all tables of the schema.
    private void closeWaysBack(Optional<RunSession> session, boolean trims) {
        if (keepsWaysBack) {
            failure(session, () -> {
                        waysBack.revokeFromOthers();
                        if (trims) {
                            waysBack.trim();
                        }
                    })
                    .ifPresent(why -> LOG.atWarn()
                            .addKeyValue("event", "ways-back.not-closed")
                            .log(
                                    "The rights of others on table '{}' could not be revoked: {}. A stack rollback undoes nothing where another role may write it",
                                    waysBack.name(),
                                    why));
        }
    }

    private DeployOutcome outcome(String history, ParsedChangelog changelog, Database database, MigrationReport report)
            throws SQLException {
        try {
            // The question for pending changesets reads the history again, so the other conditions come first.
            boolean isSettled = report.warnings() == 0
                    && !changelog.dependsOnMore()
                    && changelog.pendingNow(database).isEmpty()
                    && !changelog.hasOldChecksums(database);
            return new DeployOutcome(
                    history,
                    isSettled,
                    report.appliedChangesets(),
                    report.totalChangesets(),
                    changelog
                            .newestInHistory(database)
                            .map(ChangesetName::toString)
                            .orElse(""),
                    Optional.ofNullable(report.restorePoint()),
                    LiquibaseUtil.getBuildVersion(),
                    Duration.ofNanos(System.nanoTime() - run.start()));
        } catch (LiquibaseException e) {
            throw new SQLException(e);
        }
    }

    /**
     * An attempt has failed. Another one may follow.
     *
     * @param isLost whether the connection is lost
     */
    void fails(boolean isLost, Optional<RunSession> session) {
        if (hasBegun && !isLost && !run.deadline().passed()) {
            note(session, () -> table.failed(deploy.orElseThrow()));
            closeWaysBack(session, false);
        }
    }

    @FunctionalInterface
    private interface Step {
        void take() throws SQLException;
    }

    private void note(Optional<RunSession> session, Step step) {
        if (!isRefused) {
            failure(session, step).ifPresent(this::refused);
        }
    }

    // Why a step could not be taken; empty if it was.
    private Optional<String> failure(Optional<RunSession> session, Step step) {
        try {
            connection.rollback();
            if (session.isPresent()) {
                session.get().beginOwnTransaction();
            }
            step.take();
            connection.commit();
            return Optional.empty();
        } catch (SQLException | RuntimeException e) {
            rollBack();
            return Optional.of(engine.failures().describe(e));
        }
    }

    private void refused(String why) {
        if (!isRefused) {
            LOG.atInfo()
                    .addKeyValue("event", "deploys.not-noted")
                    .log(
                            "This deploy could not be noted in table '{}': {}. The next deploy starts Liquibase, also if nothing is pending",
                            table.name(),
                            why);
        }
        isRefused = true;
    }

    private void rollBack() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // The connection is lost, and its transaction with it.
        }
    }
}
