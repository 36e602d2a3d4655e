package io.github.cdkliquibase.lambda.engine;

/**
 * A history as the database shows it before Liquibase is started.
 *
 * @param tables of the history
 * @param objects schema of the objects that the changelog creates
 * @param user of the session
 * @param database that the session is in
 * @param state what the catalogs say of the tables
 */
public record HistoryGlance(HistoryTables tables, String objects, String user, String database, HistoryState state) {

    /**
     * An earlier deploy that was the same.
     *
     * @param total how many changesets the changelog has, after contexts and labels
     * @param newest the newest changeset in the history; empty if there is none
     */
    public record SameDeploy(int total, String newest) {}
}
