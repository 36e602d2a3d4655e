package io.github.cdkliquibase.localdeploy.differential;

/**
 * Where Liquibase keeps its account.
 *
 * @param history name of the history table as PostgreSQL has it
 * @param lock name of the lock table as PostgreSQL has it
 */
public record HistoryTables(String history, String lock) {

    /** The names that Liquibase gives them. */
    public static final HistoryTables DEFAULT = new HistoryTables("databasechangelog", "databasechangeloglock");
}
