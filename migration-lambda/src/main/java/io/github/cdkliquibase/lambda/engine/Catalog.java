package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks for schemas, for tables, and for the tables of histories. The user needs no right on what is asked for, unless said. */
public interface Catalog {

    /** Whether a schema exists. */
    boolean hasSchema(String schema, Connection connection) throws SQLException;

    /** Whether a schema is the server's own, in which a run makes nothing. */
    boolean isOfTheServer(String schema);

    /** Makes a schema the first one of the session in which names without a schema are looked for and made. */
    void searchFirst(String schema, Connection connection) throws SQLException;

    /** The schema in which the session makes names without a schema; empty if there is none. */
    Optional<String> currentSchema(Connection connection) throws SQLException;

    /** A name with its schema, as a statement writes it. */
    String quoted(String schema, String name, Connection connection) throws SQLException;

    /** Whether a schema has a table of this name. */
    boolean hasTable(String schema, String table, Connection connection) throws SQLException;

    /**
     * How many of these columns a table has.
     *
     * @return 0 also if there is no such table
     */
    int columns(String schema, String table, Collection<String> names, Connection connection) throws SQLException;

    /**
     * The statement that counts the rows of a table.
     *
     * @param table as a statement writes it
     */
    String countOfRows(String table);

    /**
     * The statement that counts the rows of a changeset in a history, with three parameters: id, author and file.
     *
     * @param table of the history, as a statement writes it
     */
    String countOfChangeset(String table);

    /** Drops a table, if it is there. */
    void dropTable(String schema, String table, Connection connection) throws SQLException;

    /** What the catalogs say of the tables of a history, in one question. */
    HistoryState history(HistoryTables tables, Connection connection) throws SQLException;

    /**
     * Asks the catalogs, in one query, where a history is and which state it has. The user needs no privilege.
     * @return empty if one of the schemas does not exist
     */
    Optional<HistoryGlance> glance(HistoryNames names, Connection connection) throws SQLException;

    /**
     * The newest successful deploy of the same resource, if it has the same digests and is settled, and Liquibase's history has not
     * changed since. One question. If so, the deploy gets a row too, where the user may write it.
     *
     * @param glance of a history that is there, with a history of deploys that the user may read
     */
    Optional<HistoryGlance.SameDeploy> sameDeploy(HistoryGlance glance, Deploy deploy, Connection connection)
            throws SQLException;

    /** The history of deploys beside a history. It need not exist. */
    DeployTable deploys(HistoryTables tables, Connection connection) throws SQLException;

    /** The ways back of the changesets of a history. The table need not exist. */
    WaysBack waysBack(HistoryTables tables, Connection connection) throws SQLException;

    /**
     * Histories in other places of the database, of the tables that the user can read without running code of others.
     *
     * @param expected where a run looks
     * @param changesets of its changelog
     */
    List<HistoryElsewhere> otherHistories(
            HistoryTables expected, List<HistoryElsewhere.Row> changesets, Connection connection) throws SQLException;

    /** Sets the comment of a table, in the transaction that is open. The user must own the table. */
    void comment(String schema, String table, String text, Connection connection) throws SQLException;

    /** A table of a schema. */
    record Table(String schema, String name) {}

    /** All comments that start in this way on tables with certain columns. Temporary tables do not count. */
    Map<Table, String> comments(String prefix, Collection<String> columns, Connection connection) throws SQLException;

    /** The table of unfinished changesets of a history, which need not exist. */
    UnfinishedTable unfinished(HistoryTables tables, Connection connection) throws SQLException;
}
