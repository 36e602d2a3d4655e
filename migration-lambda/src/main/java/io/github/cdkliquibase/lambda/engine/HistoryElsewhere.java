package io.github.cdkliquibase.lambda.engine;

/**
 * A history in another place of the database than a run looks for it.
 *
 * @param schema where it is
 * @param table its name
 * @param known how many of its changesets are in the changelog
 * @param rows how many changesets it has
 */
public record HistoryElsewhere(String schema, String table, int known, int rows) {

    /**
     * A changeset as a history names it.
     *
     * @param file path of its changelog file
     */
    public record Row(String id, String author, String file) {}
}
