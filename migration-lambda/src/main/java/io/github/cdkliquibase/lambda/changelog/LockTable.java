package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.statement.core.CreateDatabaseChangeLogLockTableStatement;
import liquibase.statement.core.InitializeDatabaseChangeLogLockTableStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock table of plain Liquibase, with its one row. A run does not use it as its lock, but changelogs rely on it:
 * they grant rights on it and change its owner.
 */
final class LockTable {

    private static final Logger LOG = LoggerFactory.getLogger(LockTable.class);

    private final Database database;
    private final Connection connection;
    private final Engine engine;

    LockTable(Database database, Connection connection, Engine engine) {
        this.engine = engine;
        this.database = database;
        this.connection = connection;
    }

    /** Work in the transaction that creates the table. */
    @FunctionalInterface
    interface Note {

        void write() throws SQLException;
    }

    /**
     * Creates the table and its row if they do not exist. Called with the lock of the run.
     *
     * @param note writes in the same transaction; not called if the table could not be created
     */
    void make(Note note) throws DatabaseException, SQLException {
        Executor executor =
                Scope.getCurrentScope().getSingleton(ExecutorService.class).getExecutor("jdbc", database);
        String schema = LiquibaseTables.schema(database);
        String table = database.getDatabaseChangeLogLockTableName();
        try {
            if (engine.catalog().columns(schema, table, List.of("id"), connection) == 0) {
                executor.execute(new CreateDatabaseChangeLogLockTableStatement());
                executor.execute(new InitializeDatabaseChangeLogLockTableStatement());
            } else if (rows(executor) == 0) {
                executor.execute(new InitializeDatabaseChangeLogLockTableStatement());
            }
            note.write();
            database.commit();
        } catch (DatabaseException e) {
            if (engine.failures().kind(e) != FailureKind.NO_PRIVILEGE) {
                throw e;
            }
            database.rollback();
            warnOfNoTable(table, e);
        }
    }

    private void warnOfNoTable(String table, DatabaseException refusal) {
        LOG.atWarn()
                .addKeyValue("event", "lock-table.unavailable")
                .log(
                        "Table '{}' could not be created: {}. The run does not need it, but a changeset that uses it fails",
                        table,
                        engine.failures().describe(refusal));
    }

    private int rows(Executor executor) throws DatabaseException {
        return executor.queryForInt(new RawParameterizedSqlStatement(engine.catalog()
                .countOfRows(database.escapeTableName(
                        database.getLiquibaseCatalogName(),
                        database.getLiquibaseSchemaName(),
                        database.getDatabaseChangeLogLockTableName()))));
    }
}
