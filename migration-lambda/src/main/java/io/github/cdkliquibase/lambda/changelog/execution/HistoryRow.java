package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.engine.Catalog;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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

    private HistoryRow() {}

    /**
     * Writes the row, and checks that the history has it.
     *
     * @param work writes it
     * @throws DatabaseException if the history did not store it
     */
    static void write(MarkChangeSetRanStatement mark, Work work, Executor executor, Database database, Catalog catalog)
            throws DatabaseException {
        AtomicInteger rows = new AtomicInteger();
        counted(work, rows);
        boolean isRowless = mark.getExecType() == ExecType.FAILED || mark.getExecType() == ExecType.SKIPPED;
        String history = table(database);
        // With a trigger that moves rows to partitions, the server counts no row.
        if (!isRowless && rows.get() == 0 && !isIn(history, mark.getChangeSet(), executor, catalog)) {
            throw new DatabaseException(
                    "the history table %s did not store the row of the changeset: a trigger, a rule or a policy on the table discarded it"
                            .formatted(history));
        }
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
