package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.LockWatch;
import io.github.cdkliquibase.lambda.engine.StatementStep;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import liquibase.change.Change;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.exception.DatabaseException;
import liquibase.exception.UnexpectedLiquibaseException;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.executor.jvm.RowMapper;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.MarkChangeSetRanStatement;
import liquibase.statement.core.RawSqlStatement;

/**
 * Liquibase's executor on one connection. Hands each statement of a change to the changeset that is being executed, and
 * executes Liquibase's own statements with the run's own settings.
 */
public final class ChangesetExecutor extends JdbcExecutor implements ChangesetConnection.Decisions {

    private final ChangesetConnection connection;
    private final ChangesetExecutions executions;
    private final Engine engine;
    private final ParameterMask mask;
    private final WaysBackOfRun waysBack;
    private final Deadline deadline;
    private final CurrentChangeset current;
    private Optional<Change> change = Optional.empty();
    private Optional<StatementPlace> place = Optional.empty();

    /**
     * An executor on a connection.
     *
     * @param connection whose commits it decides from now on
     * @param executions makes the executions of changesets
     * @param engine of the database
     * @param watch is told when a statement runs
     * @param mask hides the values of the deploy's parameters where statements are known again
     * @param waysBack that the run keeps
     * @param deadline after which no statement of a changeset starts
     */
    public ChangesetExecutor(
            ChangesetConnection connection,
            ChangesetExecutions executions,
            Engine engine,
            LockWatch watch,
            ParameterMask mask,
            WaysBackOfRun waysBack,
            Deadline deadline) {
        this.engine = engine;
        this.connection = connection;
        this.executions = executions;
        this.current = new CurrentChangeset(watch);
        this.mask = mask;
        this.waysBack = waysBack;
        this.deadline = deadline;
        connection.decidesWith(this);
    }

    void changesetStarts(RunningChangeset started, RunStatus status) throws SQLException {
        place = Optional.empty();
        change = Optional.empty();
        current.starts(started.name());
        waysBack.willRun(started.changeSet(), status, database, engine.statements());
        current.executesBy(executions.start(started));
        if (started.changeSet().getPreconditions() != null) {
            // One in Java may use the connection without this executor.
            executions.searchPath().mayChange();
        }
    }

    /** Called when the changeset has ended or failed. Liquibase's own statements use the run's own settings again. */
    public void changesetEnds() {
        connection.turnAutoCommitOff();
        current.ends();
        change = Optional.empty();
    }

    void changeStarts(Change started) {
        if (started instanceof CustomChangeWrapper) {
            // It may have the connection already.
            connection.beforeDirectUse();
        }
        change = Optional.of(started);
        place = Optional.of(StatementPlace.before(started, engine.statements()));
        if (started instanceof CustomChangeWrapper) {
            executions.mayChangeSession();
        }
        current.execution().ifPresent(ChangesetExecution::changeStarts);
    }

    void changeEnds() {
        change = Optional.empty();
        current.execution().ifPresent(ChangesetExecution::changeEnds);
    }

    @Override
    public boolean autoCommit(boolean wanted) {
        return current.execution().map(each -> each.autoCommit(wanted)).orElse(wanted);
    }

    @Override
    public void beforeUse() throws DatabaseException {
        current.sendWaiting();
    }

    @Override
    public void commit(Work commit) throws DatabaseException {
        current.commit(commit);
    }

    @Override
    public void rolledBack() {
        change = Optional.empty();
        current.execution().ifPresent(ChangesetExecution::rolledBack);
    }

    /** Whether the failed changeset left nothing behind, so that it can be tried again. */
    public boolean canBeRetried() {
        return current.execution().map(ChangesetExecution::canBeRetried).orElse(true);
    }

    /** The state that the failed changeset has left in the database. */
    public Fate fate() {
        return current.execution().map(ChangesetExecution::fate).orElseGet(Fate.RolledBack::new);
    }

    /** Number of the changeset's last started statement, from 1; 0 if none was started. */
    public int statement() {
        return current.statement();
    }

    /** Place of the last started statement; empty before the first change of a changeset. */
    public Optional<StatementPlace> place() {
        return current.execution().flatMap(ChangesetExecution::failedPlace).or(() -> place);
    }

    @Override
    public void execute(Change ofChangeset, List<SqlVisitor> visitors) throws DatabaseException {
        super.execute(StatementsOfChange.of(ofChangeset), visitors);
    }

    @Override
    public void execute(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        executions.searchPath().mayChange();
        Work work = () -> super.execute(statement, visitors);
        Optional<ChangesetExecution> execution = current.execution();
        if (execution.isPresent() && statement instanceof MarkChangeSetRanStatement mark) {
            current.record(row(mark, work, visitors));
        } else if (execution.isPresent() && change.isPresent()) {
            execute(execution.get(), change.get(), statement, visitors, work);
        } else {
            // Version 5 resets the search path after a failed statement.
            prepare();
            work.run();
        }
    }

    private HistoryRow row(MarkChangeSetRanStatement mark, Work work, List<SqlVisitor> visitors) {
        boolean isExecuted = mark.getExecType() == ExecType.EXECUTED || mark.getExecType() == ExecType.RERAN;
        Optional<String> wayBack = isExecuted ? waysBack.insertion(mark.getChangeSet()) : Optional.empty();
        return new HistoryRow(
                mark,
                work,
                () -> statements(mark, visitors),
                wayBack,
                () -> write(wayBack.orElseThrow()),
                this,
                database,
                engine.catalog());
    }

    private void write(String wayBack) throws DatabaseException {
        try (Statement statement = connection.getUnderlyingConnection().createStatement()) {
            // The text is complete: a question mark or a brace in it stands for itself.
            statement.setEscapeProcessing(false);
            statement.execute(wayBack);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    // Liquibase calls this for all its queries.
    @Override
    @SuppressWarnings("rawtypes") // Liquibase's signature
    public List query(SqlStatement statement, RowMapper rows, List<SqlVisitor> visitors) throws DatabaseException {
        Optional<String> searchPath = executions.searchPath().answer(statement);
        if (searchPath.isPresent()) {
            return List.of(searchPath.get());
        }
        executions.searchPath().mayChange();
        prepare();
        return super.query(statement, rows, visitors);
    }

    @Override
    public int update(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        executions.searchPath().mayChange();
        prepare();
        return super.update(statement, visitors);
    }

    // A changeset's queries see the settings of the changeset.
    private void prepare() throws DatabaseException {
        if (current.execution().isEmpty()) {
            useOwnSettings();
        } else {
            current.sendWaiting();
        }
    }

    private void execute(
            ChangesetExecution execution, Change ofChange, SqlStatement statement, List<SqlVisitor> visitors, Work work)
            throws DatabaseException {
        refuseWhenTimeIsUp();
        boolean isWritten = ChangesetStatement.isWritten(statement);
        String sql = isWritten || execution.wantsSql() ? sql(statement, visitors) : "";
        place = place.map(before -> before.next(sql));
        // In a statement that Liquibase prepares, a question mark stands for a parameter.
        boolean dropsRows = isWritten
                && !ChangesetStatement.isOpaque(statement)
                && !sql.contains("?")
                && engine.statements().isOneQuery(sql);
        ChangesetStatement next = new ChangesetStatement(
                sql,
                mask.apply(ofChange, sql),
                place,
                isWritten,
                dropsRows ? () -> dropRows(sql) : work,
                () -> parts(ofChange, sql));
        current.execute(next);
        executions.executed(next);
    }

    // Cancelling reaches only a statement that the server executes: between many short ones it would be lost.
    private void refuseWhenTimeIsUp() {
        if (deadline.passed()) {
            throw TimeIsUpException.beforeStatement(current.statement() + 1, current.name());
        }
    }

    private void dropRows(String sql) throws DatabaseException {
        try (Statement query = connection.getUnderlyingConnection().createStatement()) {
            UnreadRows.fetch(query, sql);
            showSqlWarnings(query, null);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    @SuppressWarnings("deprecation") // the newer class of a statement is executed as a prepared one
    private List<ChangesetStatement> parts(Change ofChange, String sql) {
        return engine.statements().steps(sql).stream()
                .map(step -> new ChangesetStatement(
                        step.sql(),
                        StatementStep.joined(step.statements().stream()
                                .map(each -> mask.apply(ofChange, each))
                                .toList()),
                        place,
                        true,
                        () -> super.execute(new RawSqlStatement(step.sql()), List.of()),
                        List::of))
                .toList();
    }

    private void useOwnSettings() throws DatabaseException {
        try {
            executions.useOwnSettings();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private List<String> statements(SqlStatement statement, List<SqlVisitor> visitors) {
        try {
            return Arrays.stream(applyVisitors(statement, visitors))
                    .filter(Objects::nonNull)
                    .toList();
        } catch (DatabaseException e) {
            throw new UnexpectedLiquibaseException(e);
        }
    }

    private String sql(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        return ChangesetStatement.isOpaque(statement)
                ? "-- " + statement.getClass().getName()
                : String.join(";\n", statements(statement, visitors));
    }
}
