package io.github.cdkliquibase.localdeploy.differential;

/**
 * Where Liquibase keeps its account.
 *
 * @param history name of the history table as PostgreSQL has it
 * @param lock name of the lock table as PostgreSQL has it
 */
record HistoryTables(String history, String lock) {

    static final HistoryTables DEFAULT = new HistoryTables("databasechangelog", "databasechangeloglock");
}
