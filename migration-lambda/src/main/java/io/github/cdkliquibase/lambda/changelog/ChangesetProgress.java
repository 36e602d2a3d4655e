package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.journal.Journal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.precondition.core.PreconditionContainer.ErrorOption;
import liquibase.precondition.core.PreconditionContainer.FailOption;
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
    private volatile @Nullable ChangesetExecutor executor;
    private volatile @Nullable ChangesetConnection connection;

    ChangesetProgress(Duration lockTimeout, Deadline deadline) {
        this.lockTimeout = lockTimeout;
        this.deadline = deadline;
    }

    /** Called before each attempt; the first one says how many changesets are pending. */
    void begins(int pending, ChangesetConnection onConnection, ChangesetExecutor withExecutor) {
        total = total < 0 ? pending : total;
        failed = null;
        connection = onConnection;
        executor = withExecutor;
    }

    /** Tells of changesets that an earlier run left half-done and that the changelog does not have any more. */
    static void unfinished(Journal journal, Set<String> names) {
        journal.entries().stream()
                .filter(entry -> !names.contains(entry.changeset()))
                .forEach(entry -> LOG.atWarn()
                        .addKeyValue("event", "changeset.unfinished")
                        .addKeyValue("changeset", shown(entry.changeset()))
                        .log(
                                "This changeset was left unfinished after {} of its statements, and the changelog does not have it any more. What they did stays; when that is settled, delete its row in table {}",
                                entry.done(),
                                journal.table()));
    }

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, RunStatus status) {
        if (deadline.passed()) {
            throw new MigrationException("The time of the function ran out before changeset '%s'. %s. %s"
                    .formatted(name(changeSet), counts(), moreTime()));
        }
        running = changeSet;
        startedNanos = System.nanoTime();
        if (firstStart == null) {
            firstStart = Instant.now();
        }
        Objects.requireNonNull(connection).changesetStarts(changeSet.isRunInTransaction());
        Objects.requireNonNull(executor).changesetStarts(changeSet);
        line(LOG.atInfo(), "changeset.started", changeSet).log("Changeset {} of {} starts", position(changeSet), total);
    }

    // Called inside the changeset's transaction, where it has one: settings made there end with it. Outside of one a
    // statement may wait for a lock for nearly all the time there is: an index that is built concurrently waits for old
    // snapshots in the same way, and stays behind, invalid, when it is cut short.
    @Override
    public void willRun(Change change, ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        Duration left = deadline.left();
        ChangesetConnection bounded = Objects.requireNonNull(connection);
        bounded.changeStarts();
        try {
            bounded.bound(
                    left,
                    changeSet.isRunInTransaction()
                            ? lockTimeout
                            : left.multipliedBy(9).dividedBy(10));
        } catch (SQLException e) {
            throw new IllegalStateException("The session's timeouts could not be set", e);
        }
    }

    @Override
    public void ran(Change change, ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        Objects.requireNonNull(connection).changeEnded();
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, ExecType how) {
        running = null;
        Objects.requireNonNull(connection).changesetEnded();
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
    public void preconditionFailed(PreconditionFailedException failure, FailOption onFail) {
        if (onFail == FailOption.CONTINUE) {
            skipped();
        }
    }

    @Override
    public void preconditionErrored(PreconditionErrorException failure, ErrorOption onError) {
        if (onError == ErrorOption.CONTINUE) {
            skipped();
        }
    }

    // Liquibase tells no listener when a changeset ends like that.
    private void skipped() {
        ChangeSet changeSet = running;
        if (changeSet == null) {
            return;
        }
        running = null;
        over(LOG.atInfo(), "changeset.finished", changeSet)
                .addKeyValue("result", ExecType.SKIPPED.value)
                .log("Changeset {} of {}: its precondition does not hold", position(changeSet), total);
    }

    /** Whether this run has executed the changeset, in this attempt or in an earlier one. */
    boolean isApplied(String changeset) {
        return applied.contains(changeset);
    }

    /** Called for each changeset that the history says this run has executed. */
    void wasApplied(String changeset) {
        if (applied.add(changeset)) {
            lastApplied = shown(changeset);
        }
    }

    @Override
    public void runFailed(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, Exception failure) {
        failed(changeSet);
    }

    private void failed(ChangeSet changeSet) {
        running = null;
        failed = changeSet;
        over(LOG.atError(), "changeset.failed", changeSet).log("Changeset {} of {} failed", position(changeSet), total);
    }

    /** Called when an attempt failed. Of a row that could not be written to the history Liquibase tells no listener. */
    void attemptFailed() {
        ChangeSet unrecorded = running;
        if (failed == null && unrecorded != null) {
            failed(unrecorded);
        }
    }

    /** Called when the attempt lost against another session and another one follows. */
    void triesAgain(Duration pause, DatabaseMessage why) {
        retry(pause).log("Another session was in the way ({}); rolled back, and tried again", why.withState());
    }

    /** Called when the connection was lost and another one follows. */
    void reconnects(Duration pause, DatabaseMessage why) {
        retry(pause).log("The connection was lost ({}); goes on with a new one", why.withState());
    }

    private LoggingEventBuilder retry(Duration pause) {
        return LOG.atWarn()
                .addKeyValue("event", "changeset.retry")
                .addKeyValue("changeset", failed == null ? "" : name(failed))
                .addKeyValue("pauseMillis", pause.toMillis());
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

    /** Whether the failure is a conflict with another session, in what was then rolled back. */
    boolean lostAConflict(Throwable failure) {
        ChangesetExecutor tried = executor;
        return failed != null
                && tried != null
                && tried.rolledBack()
                && Causes.find(failure, MigrationException.class).isEmpty()
                && DatabaseMessage.isConflict(failure);
    }

    /** The changeset that ended the run, or was running when it ended; null if it ended between changesets. */
    @Nullable ChangeSet culprit() {
        return failed != null ? failed : running;
    }

    /** What became of the changeset that ended the run, in words for a reason. */
    String fate(ChangeSet culprit) {
        ChangesetExecutor tried = executor;
        ChangesetConnection used = connection;
        if (used != null && used.isCommitUncertain()) {
            return "whether this one was committed will show at the next deploy";
        }
        if (tried != null && tried.endsTransactions()) {
            return "this one begins or ends transactions by itself, so what it committed stays and has to be undone by hand";
        }
        if (culprit.isRunInTransaction() || tried == null) {
            return "this one was rolled back";
        }
        int done = tried.done();
        return "this one runs outside a transaction: %s of its statements %s%s%s"
                .formatted(
                        done == 0 ? "none" : String.valueOf(done),
                        done < 2 ? "is done" : "are done",
                        tried.isUncertain()
                                ? ", and whether the one that was running is will show at the next deploy"
                                : done == 0 ? "" : ", and will not be repeated",
                        tried.leftInvalid() == null
                                ? ""
                                : "; index %s is left invalid, and the next deploy drops it or builds it anew"
                                        .formatted(tried.leftInvalid()));
    }

    /** What to do when the time was too short. */
    String moreTime() {
        return hasMoved() ? "Give the function more time, or deploy again to go on" : "Give the function more time";
    }

    /** Whether the next deploy would begin further on than this one. */
    private boolean hasMoved() {
        ChangesetExecutor tried = executor;
        return !applied.isEmpty() || (tried != null && tried.done() > 0);
    }

    /** Whether an attempt has begun, so that there is something to tell of it. */
    boolean hasBegun() {
        return total >= 0;
    }

    /** How far the run came, in words for a reason. */
    String counts() {
        if (!hasBegun()) {
            return "Nothing was run";
        }
        return "%d of %d changesets were applied%s"
                .formatted(applied.size(), Math.max(total, applied.size()), applied.isEmpty() ? "" : " and stay");
    }

    /** Where the run is, for somebody who cannot wait for it any longer. */
    String howFar() {
        ChangeSet culprit = culprit();
        return culprit == null ? "" : " in changeset '%s'; %s".formatted(name(culprit), counts());
    }

    /** How far the run came with the connections that it has lost, as another sentence of a reason. */
    String lostBefore() {
        ChangeSet culprit = culprit();
        return ". The connection before it was lost%s: %s%s"
                .formatted(
                        culprit == null ? "" : " in changeset '" + name(culprit) + "'",
                        counts(),
                        culprit == null ? "" : "; " + fate(culprit));
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
