package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.sql.SQLException;
import java.util.Optional;
import liquibase.change.Change;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.exception.UnexpectedLiquibaseException;
import liquibase.precondition.core.PreconditionContainer.ErrorOption;
import liquibase.precondition.core.PreconditionContainer.FailOption;

/** Follows one attempt of a run, changeset by changeset, and stops it at the deadline. */
public final class ChangesetListener extends AbstractChangeExecListener implements ChangeExecListener {

    private final RunProgress progress;
    private final ChangesetLog log;
    private final ChangesetExecutor executor;
    private final Deadline deadline;
    private Optional<RunningChangeset> running = Optional.empty();
    private boolean hasSkippedOrFailed;

    /** Creates a listener for one attempt. */
    public ChangesetListener(RunProgress progress, ChangesetLog log, ChangesetExecutor executor, Deadline deadline) {
        this.progress = progress;
        this.log = log;
        this.executor = executor;
        this.deadline = deadline;
    }

    /** The changeset that is being executed, or that ended the attempt; empty between changesets. */
    public Optional<RunningChangeset> running() {
        return running;
    }

    /**
     * Whether the changelog must be read again for another attempt. Liquibase's changeset remembers that it was skipped
     * or has failed, and a change in Java may remember anything.
     */
    public boolean hasSpentAChangeset() {
        return hasSkippedOrFailed
                || running.map(RunningChangeset::changeSet)
                        .filter(each -> each.getPreconditions() != null
                                || each.getChanges().stream().anyMatch(CustomChangeWrapper.class::isInstance))
                        .isPresent();
    }

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, RunStatus status) {
        if (deadline.passed()) {
            throw TimeIsUpException.before(ChangesetName.of(changeSet));
        }
        RunningChangeset started = RunningChangeset.startsNow(changeSet);
        running = Optional.of(started);
        progress.starts(started);
        log.started(started);
        try {
            executor.changesetStarts(started, status);
        } catch (SQLException e) {
            throw new UnexpectedLiquibaseException(e);
        }
    }

    @Override
    public void willRun(Change change, ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        executor.changeStarts(change);
    }

    @Override
    public void ran(Change change, ChangeSet changeSet, DatabaseChangeLog changelog, Database database) {
        executor.changeEnds();
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changelog, Database database, ExecType how) {
        RunningChangeset ended = running.orElseThrow();
        hasSkippedOrFailed |= how == ExecType.FAILED || how == ExecType.SKIPPED;
        if (how == ExecType.FAILED) {
            log.failedAndIgnored(ended);
        } else {
            if (how == ExecType.EXECUTED || how == ExecType.RERAN) {
                progress.applied(ended.name());
            }
            log.finished(ended, how);
        }
        end();
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

    // Liquibase does not notify listeners when a changeset ends like this.
    private void skipped() {
        hasSkippedOrFailed = true;
        running.ifPresent(log::skipped);
        end();
    }

    private void end() {
        running = Optional.empty();
        progress.nothingRuns();
        executor.changesetEnds();
    }
}
