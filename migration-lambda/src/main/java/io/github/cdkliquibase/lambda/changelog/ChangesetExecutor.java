package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.journal.ConcurrentIndex;
import io.github.cdkliquibase.lambda.journal.ConcurrentIndex.State;
import io.github.cdkliquibase.lambda.journal.Journal;
import io.github.cdkliquibase.lambda.journal.Journal.Entry;
import io.github.cdkliquibase.lambda.journal.StatementKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import liquibase.ChecksumVersion;
import liquibase.changelog.ChangeSet;
import liquibase.exception.DatabaseException;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.ExecutablePreparedStatement;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.MarkChangeSetRanStatement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the statements of changesets. Where a changeset has no transaction, each statement has its own, together with a
 * note of it in the journal, so that a run that goes on after a crash repeats none. A statement that refuses a transaction
 * is noted before and after it; what is known to be left behind by an interrupted one is mended.
 */
final class ChangesetExecutor extends JdbcExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(ChangesetExecutor.class);

    /** active_sql_transaction and invalid_transaction_termination. */
    private static final Set<String> REFUSES_A_TRANSACTION = Set.of("25001", "2D000");

    /** duplicate_object and duplicate_database. */
    private static final Set<String> CREATED_BEFORE = Set.of("42710", "42P04");

    /** undefined_object, undefined_table and undefined_database. */
    private static final Set<String> DROPPED_BEFORE = Set.of("42704", "42P01", "3D000");

    private final ChangesetConnection bounds;
    private final Connection connection;
    private final Journal journal;
    private final Duration lockTimeout;
    private final Deadline deadline;

    private boolean stepwise;
    private String name = "";
    private String checksum = "";
    private int done;
    private int next;
    private boolean wasRunning;
    private boolean rolledBack = true;
    private @Nullable ConcurrentIndex leftInvalid;

    ChangesetExecutor(ChangesetConnection connection, Journal journal, Duration lockTimeout, Deadline deadline) {
        this.bounds = connection;
        this.connection = connection.getUnderlyingConnection();
        this.journal = journal;
        this.lockTimeout = lockTimeout;
        this.deadline = deadline;
    }

    void changesetStarts(ChangeSet changeSet) {
        name = changeSet.toString(false);
        stepwise = !changeSet.isRunInTransaction();
        next = 0;
        done = 0;
        wasRunning = false;
        rolledBack = true;
        leftInvalid = null;
        if (stepwise) {
            checksum = changeSet.generateCheckSum(ChecksumVersion.latest()).toString();
            resume(journal.entry());
        }
    }

    private void resume(@Nullable Entry unfinished) {
        if (unfinished == null) {
            return;
        }
        if (!unfinished.changeset().equals(name) || !unfinished.checksum().equals(checksum)) {
            LOG.atWarn()
                    .addKeyValue("event", "changeset.unfinished")
                    .addKeyValue("changeset", ChangesetProgress.shown(unfinished.changeset()))
                    .log(
                            "This changeset was left unfinished after {} of its statements, and is gone or edited since: what they did stays",
                            unfinished.done());
            return;
        }
        done = unfinished.done();
        wasRunning = unfinished.running();
        LOG.atWarn()
                .addKeyValue("event", "changeset.resumed")
                .addKeyValue("changeset", ChangesetProgress.shown(name))
                .log("An earlier run did {} of its statements, which are not repeated", done);
    }

    /** Whether what failed last was rolled back, so that it can be tried again. */
    boolean rolledBack() {
        return rolledBack;
    }

    /** Whether a statement was under way when the connection went, so that nobody knows whether it is done. */
    boolean isUncertain() {
        Entry unfinished = journal.entry();
        return stepwise && unfinished != null && unfinished.running();
    }

    /** How many statements of a changeset outside a transaction are done, in this run or in an earlier one. */
    int done() {
        return done;
    }

    /** The index that the changeset could not complete; null if there is none. */
    @Nullable ConcurrentIndex leftInvalid() {
        return leftInvalid;
    }

    @Override
    public void execute(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        if (statement instanceof MarkChangeSetRanStatement) {
            super.execute(statement, visitors);
            forget();
        } else if (stepwise && isAutoCommit()) {
            step(statement, visitors);
        } else {
            super.execute(statement, visitors);
        }
    }

    private boolean isAutoCommit() throws DatabaseException {
        try {
            return connection.getAutoCommit();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void forget() throws DatabaseException {
        Entry unfinished = journal.entry();
        if (unfinished != null && unfinished.changeset().equals(name)) {
            try {
                journal.drop();
            } catch (SQLException e) {
                throw new DatabaseException(e);
            }
        }
    }

    private void step(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        String sql = sql(statement, visitors);
        StatementKind kind = StatementKind.of(sql);
        if (kind == StatementKind.TRANSACTION) {
            stepwise = false;
        }
        if (kind == StatementKind.TRANSACTION || kind == StatementKind.SESSION) {
            super.execute(statement, visitors);
            return;
        }
        int index = next++;
        if (index < done) {
            return;
        }
        try {
            if (kind == StatementKind.ALONE || !doneInTransaction(statement, visitors)) {
                doAlone(statement, visitors, sql);
            }
            done = index + 1;
            wasRunning = false;
        } catch (DatabaseException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new DatabaseException(e);
        }
    }

    private String sql(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        return statement instanceof ExecutablePreparedStatement
                ? ""
                : Arrays.stream(applyVisitors(statement, visitors))
                        .filter(Objects::nonNull)
                        .collect(Collectors.joining(";\n"));
    }

    // False if the statement refuses that.
    private boolean doneInTransaction(SqlStatement statement, List<SqlVisitor> visitors) throws Exception {
        rolledBack = true;
        try {
            journal.note(new Entry(name, checksum, done + 1, false), () -> {
                bounds.bound(deadline.left(), lockTimeout);
                super.execute(statement, visitors);
                return true;
            });
            return true;
        } catch (DatabaseException e) {
            if (REFUSES_A_TRANSACTION.stream().noneMatch(state -> DatabaseMessage.hasState(e, state))) {
                throw e;
            }
            return false;
        }
    }

    private void doAlone(SqlStatement statement, List<SqlVisitor> visitors, String sql) throws Exception {
        rolledBack = false;
        Optional<ConcurrentIndex> index = ConcurrentIndex.builtBy(sql);
        boolean isThere = index.isPresent() && index.get().clear(connection, deadline) == State.VALID;
        if (isThere && wasRunning) {
            told("Index {} is complete: an earlier run that was cut short has built it", index.get());
        } else {
            // An index that was there before is not of this changeset, and must not be taken for it later.
            if (!isThere) {
                journal.note(new Entry(name, checksum, done, true));
            }
            try {
                super.execute(statement, visitors);
            } catch (DatabaseException e) {
                failedAlone(e, sql, index);
            }
        }
        journal.note(new Entry(name, checksum, done + 1, false));
    }

    private void failedAlone(DatabaseException failure, String sql, Optional<ConcurrentIndex> index) throws Exception {
        if (connection.isClosed()) {
            throw failure;
        }
        if (wasRunning && wasDoneBefore(failure, sql)) {
            told(
                    "{}: an earlier run that was cut short has done it",
                    DatabaseMessage.of(failure).orElseThrow());
            return;
        }
        try {
            journal.note(new Entry(name, checksum, done, false));
            if (index.isPresent() && index.get().state(connection) == State.INVALID) {
                leftInvalid = index.get();
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    // What it wants is there already, and an earlier run had begun just this statement.
    private static boolean wasDoneBefore(DatabaseException failure, String sql) {
        Set<String> states = StatementKind.isDrop(sql) ? DROPPED_BEFORE : CREATED_BEFORE;
        return states.stream().anyMatch(state -> DatabaseMessage.hasState(failure, state));
    }

    private void told(String message, Object what) {
        LOG.atWarn()
                .addKeyValue("event", "statement.done-before")
                .addKeyValue("changeset", ChangesetProgress.shown(name))
                .log(message, what);
    }
}
