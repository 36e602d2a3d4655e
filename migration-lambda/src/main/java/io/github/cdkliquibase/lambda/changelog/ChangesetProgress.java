package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Follows a run, changeset by changeset: writes its progress to the log, counts, stops it at the deadline, and bounds
 * each statement in the database.
 */
final class ChangesetProgress extends AbstractChangeExecListener implements ChangeExecListener {

    private static final Logger LOG = LoggerFactory.getLogger(ChangesetProgress.class);

    /** Of a changeset's name; together with all else an answer must stay below 4,096 bytes. */
    private static final int NAME_BYTES = 700;

    private final Connection connection;
    private final Duration lockTimeout;
    private final Deadline deadline;

    /** Each once, however often an attempt runs it: a changeset may say that it runs always. */
    private final Set<String> applied = Collections.synchronizedSet(new HashSet<>());

    private volatile int total = -1;
    private final Map<String, Integer> positions = new HashMap<>();
    private String lastApplied = "";
    private @Nullable Instant firstStart;
    private volatile @Nullable ChangeSet running;
    private volatile @Nullable ChangeSet failed;
    private long startedNanos;

    ChangesetProgress(Connection connection, Duration lockTimeout, Deadline deadline) {
        this.connection = connection;
        this.lockTimeout = lockTimeout;
        this.deadline = deadline;
    }

    /** Called before each attempt; the first one says how many changesets are pending. */
    void begins(int pending) {
        total = total < 0 ? pending : total;
        failed = null;
    }

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, RunStatus status) {
        if (deadline.passed()) {
            throw new MigrationException(
                    "The time of the function ran out before changeset '%s'. %s. Give the function more time, or deploy again to go on"
                            .formatted(name(changeSet), counts()));
        }
        running = changeSet;
        startedNanos = System.nanoTime();
        if (firstStart == null) {
            firstStart = Instant.now();
        }
        line(LOG.atInfo(), "changeset.started", changeSet).log("Changeset {} of {} starts", position(changeSet), total);
    }

    // Called inside the changeset's transaction, where it has one: settings made there end with it. Outside of one a
    // statement may wait for a lock for nearly all the time there is: an index that is built concurrently waits for old
    // snapshots in the same way, and stays behind, invalid, when it is cut short.
    @Override
    public void willRun(Change change, ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        long left = Math.clamp(deadline.left().toMillis(), 1, Integer.MAX_VALUE);
        long lock = changeSet.isRunInTransaction() ? lockTimeout.toMillis() : Math.max(1, left / 10 * 9);
        String scope = changeSet.isRunInTransaction() ? "LOCAL" : "SESSION";
        try (Statement settings = connection.createStatement()) {
            settings.execute(
                    "SET %s statement_timeout = %d; SET %s lock_timeout = %d".formatted(scope, left, scope, lock));
        } catch (SQLException e) {
            throw new IllegalStateException("The session's timeouts could not be set", e);
        }
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, ExecType how) {
        running = null;
        if (how == ExecType.FAILED) {
            over(LOG.atWarn(), "changeset.failed", changeSet)
                    .log(
                            "Changeset {} of {} failed and the run goes on: failOnError is false",
                            position(changeSet),
                            total);
            return;
        }
        if (how == ExecType.EXECUTED || how == ExecType.RERAN) {
            applied.add(changeSet.toString(false));
            lastApplied = name(changeSet);
        }
        over(LOG.atInfo(), "changeset.finished", changeSet)
                .addKeyValue("result", how.value)
                .log("Changeset {} of {}: {}", position(changeSet), total, how.value);
    }

    @Override
    public void runFailed(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, Exception failure) {
        running = null;
        failed = changeSet;
        over(LOG.atError(), "changeset.failed", changeSet).log("Changeset {} of {} failed", position(changeSet), total);
    }

    /** Called when the attempt lost a table lock and another one follows. */
    void triesAgain(Duration pause) {
        LOG.atWarn()
                .addKeyValue("event", "changeset.retry")
                .addKeyValue("changeset", failed == null ? "" : name(failed))
                .addKeyValue("pauseMillis", pause.toMillis())
                .log("A table lock was not to be had within {}; rolled back, and tried again", lockTimeout);
    }

    // Its place in the run, the same in every attempt.
    private int position(ChangeSet changeSet) {
        return positions.computeIfAbsent(changeSet.toString(false), name -> positions.size() + 1);
    }

    private LoggingEventBuilder over(LoggingEventBuilder line, String event, ChangeSet changeSet) {
        return line(line, event, changeSet)
                .addKeyValue("durationMillis", (System.nanoTime() - startedNanos) / 1_000_000);
    }

    private LoggingEventBuilder line(LoggingEventBuilder line, String event, ChangeSet changeSet) {
        return line.addKeyValue("event", event)
                .addKeyValue("changeset", name(changeSet))
                .addKeyValue("index", position(changeSet))
                .addKeyValue("total", total);
    }

    /** Whether the failure is a table lock that was not to be had, of a changeset that was rolled back as a whole. */
    boolean lostATableLock(Throwable failure) {
        ChangeSet changeSet = failed;
        return changeSet != null
                && changeSet.isRunInTransaction()
                && Causes.find(failure, MigrationException.class).isEmpty()
                && DatabaseMessage.hasState(failure, DatabaseMessage.LOCK_NOT_AVAILABLE);
    }

    /** The changeset that ended the run, or was running when it ended; null if it ended between changesets. */
    @Nullable ChangeSet culprit() {
        return failed != null ? failed : running;
    }

    /** How far the run came, in words for a reason. */
    String counts() {
        return "%d of %d changesets were applied%s"
                .formatted(applied.size(), Math.max(total, applied.size()), applied.isEmpty() ? "" : " and stay");
    }

    /** Where the run is, for somebody who cannot wait for it any longer. */
    String howFar() {
        ChangeSet culprit = culprit();
        return culprit == null ? "" : " in changeset '%s'; %s".formatted(name(culprit), counts());
    }

    int applied() {
        return applied.size();
    }

    String lastApplied() {
        return lastApplied;
    }

    /** Null if no changeset of this run was executed. */
    @Nullable Instant firstStart() {
        return applied.isEmpty() ? null : firstStart;
    }

    static String name(ChangeSet changeSet) {
        return shown(changeSet.toString(false));
    }

    /** A changeset's name as logs, reasons and attributes show it: {@code file::id::author}, as the history has it. */
    static String shown(String name) {
        return Text.cut(Text.oneLine(name), NAME_BYTES);
    }
}
