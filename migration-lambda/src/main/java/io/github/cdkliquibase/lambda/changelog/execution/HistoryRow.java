package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.engine.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import liquibase.Scope;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.executor.Executor;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.statement.core.MarkChangeSetRanStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;

/** The row of a changeset in the history. A trigger, a rule or a policy on the history may discard it without an error. */
final class HistoryRow {

    private final MarkChangeSetRanStatement mark;
    private final Work work;
    private final Supplier<List<String>> statements;
    private final Optional<String> wayBack;
    private final Work wayBackWriter;
    private final Executor executor;
    private final Database database;
    private final Catalog catalog;

    /**
     * The row, not written yet. It is written once: by {@link #write} or by the caller, who executes {@link #statements}.
     *
     * @param work writes it
     * @param statements the SQL that writes it. Liquibase counts the row when it makes the SQL
     * @param wayBack the SQL that keeps the way back of the changeset, and never fails; empty if none is kept
     * @param wayBackWriter executes that SQL
     */
    HistoryRow(
            MarkChangeSetRanStatement mark,
            Work work,
            Supplier<List<String>> statements,
            Optional<String> wayBack,
            Work wayBackWriter,
            Executor executor,
            Database database,
            Catalog catalog) {
        this.mark = mark;
        this.work = work;
        this.statements = statements;
        this.wayBack = wayBack;
        this.wayBackWriter = wayBackWriter;
        this.executor = executor;
        this.database = database;
        this.catalog = catalog;
    }

    /** Whether the changeset has a row: a failure, or a changeset that is skipped, has none. */
    boolean exists() {
        return mark.getExecType() != ExecType.FAILED && mark.getExecType() != ExecType.SKIPPED;
    }

    /** The SQL that keeps the way back of the changeset; empty if none is kept. */
    List<String> notes() {
        return wayBack.stream().toList();
    }

    /** The statements that write it. */
    List<String> statements() {
        return statements.get();
    }

    /**
     * Writes the row, and checks that the history has it.
     *
     * @throws DatabaseException if the history did not store it
     */
    void write() throws DatabaseException {
        if (wayBack.isPresent()) {
            wayBackWriter.run();
        }
        AtomicInteger rows = new AtomicInteger();
        counted(work, rows);
        // With a trigger that moves rows to partitions, the server counts no row.
        if (exists() && rows.get() == 0 && !isIn(table(database), mark.getChangeSet(), executor, catalog)) {
            throw discarded();
        }
    }

    /** The failure of a changeset whose row the history did not store. */
    DatabaseException discarded() {
        return new DatabaseException(
                "the history table %s did not store the row of the changeset: a trigger, a rule or a policy on the table discarded it"
                        .formatted(table(database)));
    }

    private static void counted(Work work, AtomicInteger rows) throws DatabaseException {
        try {
            Scope.child(
                    Map.of(
                            JdbcExecutor.ROWS_AFFECTED_SCOPE_KEY,
                            rows,
                            JdbcExecutor.SHOULD_UPDATE_ROWS_AFFECTED_SCOPE_KEY,
                            true),
                    () -> work.run());
        } catch (DatabaseException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new DatabaseException(e);
        }
    }

    private static boolean isIn(String history, ChangeSet changeSet, Executor executor, Catalog catalog)
            throws DatabaseException {
        return executor.queryForInt(new RawParameterizedSqlStatement(
                        catalog.countOfChangeset(history),
                        changeSet.getId(),
                        changeSet.getAuthor(),
                        changeSet.getFilePath()))
                > 0;
    }

    private static String table(Database database) {
        return database.escapeTableName(
                database.getLiquibaseCatalogName(),
                database.getLiquibaseSchemaName(),
                database.getDatabaseChangeLogTableName());
    }
}
