package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.journal.ConcurrentIndex;
import io.github.cdkliquibase.lambda.journal.ConcurrentIndex.State;
import io.github.cdkliquibase.lambda.journal.Journal;
import io.github.cdkliquibase.lambda.journal.Journal.Entry;
import io.github.cdkliquibase.lambda.journal.StatementKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.exception.DatabaseException;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.ExecutablePreparedStatement;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.MarkChangeSetRanStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;
import liquibase.statement.core.RawSqlStatement;
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
    private int done;
    private int next;
    private String digest = "";
    private String digestDone = "";
    private boolean endsTransactions;
    private String running = "";
    private @Nullable Entry before;
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
        running = "";
        digest = "";
        digestDone = "";
        endsTransactions = false;
        rolledBack = true;
        leftInvalid = null;
        before = journal.entry(name);
        if (before != null) {
            resume(before);
        }
    }

    private void resume(Entry unfinished) {
        done = unfinished.done();
        digestDone = unfinished.digest();
        running = unfinished.running();
        if (!stepwise) {
            throw new MigrationException(
                    "Changeset '%s' was left unfinished outside a transaction, after %d of its statements, and has a transaction now. Give it 'runInTransaction' 'false' back, and deploy again"
                            .formatted(ChangesetProgress.shown(name), done));
        }
        if (done > 0) {
            LOG.atWarn()
                    .addKeyValue("event", "changeset.resumed")
                    .addKeyValue("changeset", ChangesetProgress.shown(name))
                    .log("Goes on behind the first {} of its statements, which were done before", done);
        }
    }

    /** Whether what failed last was rolled back, so that it can be tried again. */
    boolean rolledBack() {
        return rolledBack && !endsTransactions;
    }

    /** Whether the changeset begins or ends transactions by itself, so that nobody knows what of it is committed. */
    boolean endsTransactions() {
        return endsTransactions;
    }

    /** Whether a statement was under way when the connection went, so that nobody knows whether it is done. */
    boolean isUncertain() {
        Entry unfinished = journal.entry(name);
        return stepwise && unfinished != null && !unfinished.running().isEmpty();
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
        if (statement instanceof MarkChangeSetRanStatement mark) {
            super.execute(statement, visitors);
            recorded(mark.getExecType());
            return;
        }
        boolean byHand = writtenByHand(statement);
        boolean steps = stepwise && isAutoCommit();
        String sql = byHand || steps ? sql(statement, visitors) : "";
        StatementKind kind = StatementKind.of(sql);
        if (byHand && kind == StatementKind.TRANSACTION) {
            endsTransactions = true;
        }
        if (steps && !endsTransactions && kind != StatementKind.SESSION) {
            step(statement, visitors, sql, kind);
        } else {
            super.execute(statement, visitors);
        }
    }

    @SuppressWarnings("deprecation") // what is not split is still of the older class
    private static boolean writtenByHand(SqlStatement statement) {
        return statement instanceof RawParameterizedSqlStatement || statement instanceof RawSqlStatement;
    }

    private boolean isAutoCommit() throws DatabaseException {
        try {
            return connection.getAutoCommit();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private void recorded(ExecType how) throws DatabaseException {
        // A failure that the changelog puts up with is no row in the history, and goes on from here at the next deploy.
        if (how == ExecType.FAILED || how == ExecType.SKIPPED) {
            return;
        }
        if (stepwise && how != ExecType.MARK_RAN && next < done) {
            throw othersNow();
        }
        try {
            journal.forget(name);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private MigrationException othersNow() {
        return new MigrationException(
                "Changeset '%s' runs outside a transaction and was left unfinished after %d of its statements, and these are others now. Take back what was edited in them; or else undo what they did and delete the changeset's row in table %s. Then deploy again"
                        .formatted(ChangesetProgress.shown(name), done, Text.quote(journal.table())));
    }

    private void step(SqlStatement statement, List<SqlVisitor> visitors, String sql, StatementKind kind)
            throws DatabaseException {
        int index = next++;
        digest = digest(sql);
        if (index < done) {
            if (index == done - 1 && !digest.equals(digestDone)) {
                throw othersNow();
            }
            return;
        }
        try {
            if (before != null) {
                removeWhatIsLeft(before, ConcurrentIndex.builtBy(sql));
                before = null;
            }
            if (kind == StatementKind.ALONE || !doneInTransaction(statement, visitors)) {
                doAlone(statement, visitors, sql);
            }
            done = index + 1;
            digestDone = digest;
            running = "";
        } catch (DatabaseException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new DatabaseException(e);
        }
    }

    // Of this statement and all before it. Blanks do not count: they change when somebody formats a file.
    private String digest(String sql) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            String text = digest + "\n" + sql.strip().replaceAll("\\s+", " ");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
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
            journal.note(new Entry(name, done + 1, digest), () -> {
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

    // Of a build that was the next one then, and is another one now. Invalid, such an index still refuses rows.
    private void removeWhatIsLeft(Entry unfinished, Optional<ConcurrentIndex> wanted) throws SQLException {
        Optional<ConcurrentIndex> left = ConcurrentIndex.builtBy(unfinished.index());
        if (left.isEmpty() || wanted.filter(left.get()::isSameAs).isPresent()) {
            return;
        }
        State state = left.get().clear(connection, deadline);
        if (state == State.VALID && !unfinished.running().isEmpty()) {
            told(
                    "index.kept",
                    "Index {} was completed by a statement that is another one now; drop it if nobody wants it",
                    left.get());
        }
    }

    private void doAlone(SqlStatement statement, List<SqlVisitor> visitors, String sql) throws Exception {
        rolledBack = false;
        boolean wasRunning = running.equals(digest);
        Optional<ConcurrentIndex> index = ConcurrentIndex.builtBy(sql);
        String beginning = index.map(ConcurrentIndex::beginning).orElse("");
        boolean isThere = index.isPresent() && index.get().clear(connection, deadline) == State.VALID;
        if (isThere && wasRunning) {
            told(
                    "statement.done-before",
                    "Index {} is complete: an earlier run that was cut short has built it",
                    index.get());
        } else {
            if (wasRunning && index.isEmpty()) {
                told(
                        "statement.repeated",
                        "Statement {} was under way when an earlier run was cut short; it is executed again",
                        done + 1);
            }
            // An index that was there before is not of this changeset, and must not be taken for it later.
            if (!isThere) {
                journal.note(new Entry(name, done, digestDone, digest, beginning));
            }
            try {
                super.execute(statement, visitors);
            } catch (DatabaseException e) {
                failedAlone(e, sql, index, wasRunning);
            }
        }
        journal.note(new Entry(name, done + 1, digest));
    }

    private void failedAlone(DatabaseException failure, String sql, Optional<ConcurrentIndex> index, boolean wasRunning)
            throws Exception {
        if (connection.isClosed()) {
            throw failure;
        }
        if (wasRunning && wasDoneBefore(failure, sql)) {
            told(
                    "statement.done-before",
                    "{}: an earlier run that was cut short has done it",
                    DatabaseMessage.of(failure).orElseThrow().withState());
            return;
        }
        try {
            if (index.isPresent() && index.get().state(connection) == State.INVALID) {
                leftInvalid = index.get();
            }
            journal.note(new Entry(name, done, digestDone, "", leftInvalid == null ? "" : leftInvalid.beginning()));
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

    private void told(String event, String message, Object what) {
        LOG.atWarn()
                .addKeyValue("event", event)
                .addKeyValue("changeset", ChangesetProgress.shown(name))
                .log(message, what);
    }
}
