package io.github.cdkliquibase.lambda.engine;

import java.util.Optional;

/**
 * What the catalogs say of the tables of a history.
 *
 * @param columns how many of the wanted columns the history has; 0 if there is none
 * @param isWide whether the history is a table, and these columns are as wide as Liquibase makes them
 * @param hasUnfinished whether the table of unfinished changesets is there
 * @param hasLock whether the lock table is there
 * @param hidesRows whether row-level security decides which rows of the history the user sees
 * @param note the comment on the lock table
 * @param canNote whether the user may set that comment
 * @param lockOwner the role that may set it; empty if there is no lock table
 * @param deploys what the user may do with the history of deploys
 * @param waysBack what the user may do with the table of the ways back. {@link DeployTable.Access#REFUSED} also if another role may
 *     write it
 */
public record HistoryState(
        int columns,
        boolean isWide,
        boolean hasUnfinished,
        boolean hasLock,
        boolean hidesRows,
        Optional<String> note,
        boolean canNote,
        String lockOwner,
        DeployTable.Access deploys,
        DeployTable.Access waysBack) {

    /** There is no table at all. */
    public static final HistoryState NOTHING = new HistoryState(
            0,
            false,
            false,
            false,
            false,
            Optional.empty(),
            false,
            "",
            DeployTable.Access.NONE,
            DeployTable.Access.NONE);

    /** Whether Liquibase would not change the table of the history. */
    public boolean isCurrent() {
        return columns == HistoryTables.COLUMNS.size() && isWide;
    }

    /** Whether a run, of this product or of another one, has worked with the history. */
    public boolean hasTables() {
        return columns > 0 || hasLock;
    }
}
