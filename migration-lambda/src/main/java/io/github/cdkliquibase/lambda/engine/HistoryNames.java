package io.github.cdkliquibase.lambda.engine;

import java.util.Optional;

/**
 * How a deploy names its history, before the database has been asked where it is.
 *
 * @param defaultSchema schema of the objects; empty for the first schema of the search path
 * @param schema of the history's tables; empty for the schema of the objects
 * @param history name of Liquibase's table of changesets that ran, as the server stores it
 * @param lock name of Liquibase's lock table, as the server stores it
 */
public record HistoryNames(Optional<String> defaultSchema, Optional<String> schema, String history, String lock) {

    /**
     * The tables, where the database has them.
     *
     * @param found the schema that they are in
     */
    public HistoryTables in(String found) {
        return new HistoryTables(found, history, lock);
    }
}
