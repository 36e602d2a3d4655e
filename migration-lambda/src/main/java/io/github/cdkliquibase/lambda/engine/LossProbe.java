package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out which tables and columns statements drop, and whether rows in them were written by others. */
public interface LossProbe {

    /**
     * The tables that the open transaction has locked so that it could change them, with the numbers of the columns that each has
     * now. A table that was dropped has none.
     */
    Map<Long, Set<Integer>> changeable(Connection connection) throws SQLException;

    /**
     * The names of tables and columns that were to be dropped, after the transaction was rolled back.
     *
     * @param left for each table the columns that were left
     * @return tables that do not exist are not among them
     */
    List<LostColumn> lost(Map<Long, Set<Integer>> left, Connection connection) throws SQLException;

    /** Keeps others from writing a table until the end of the transaction. They may read it. A table that is gone has no writers. */
    void keepFromWriting(LostColumn lost, Connection connection) throws SQLException;

    /**
     * Whether other transactions have written rows into the table, or values into the column.
     *
     * @param within after which the look is given up with a failure, in the transaction that is open; empty for no limit
     * @param since the point from which on a transaction counts, as {@link NotedDeploy#begunAt} names it
     * @param own transactions that do not count, as {@link WaysBack#transactions} names them
     */
    boolean hasRowsOfOthers(
            LostColumn lost, String since, Collection<String> own, Optional<Duration> within, Connection connection)
            throws SQLException;
}
