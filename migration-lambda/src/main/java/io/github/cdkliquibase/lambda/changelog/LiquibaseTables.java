package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.util.Objects;
import liquibase.database.Database;

/** Where Liquibase keeps its tables in a database. */
final class LiquibaseTables {

    private LiquibaseTables() {}

    static HistoryTables of(Database database) {
        return new HistoryTables(
                schema(database),
                database.getDatabaseChangeLogTableName(),
                database.getDatabaseChangeLogLockTableName());
    }

    static String schema(Database database) {
        return Objects.requireNonNullElse(database.getLiquibaseSchemaName(), "public");
    }
}
