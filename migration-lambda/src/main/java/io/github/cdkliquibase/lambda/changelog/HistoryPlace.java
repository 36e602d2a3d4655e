package io.github.cdkliquibase.lambda.changelog;

/**
 * Where Liquibase keeps its tables.
 *
 * @param schema that they are in
 * @param user the login that reads and writes them
 * @param history the table of the changesets that have run
 * @param lock the lock table
 */
record HistoryPlace(String schema, String user, String history, String lock) {}
