package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.HistoryGlance;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Optional;

/** Statements about the rows of Liquibase's history and of the history of deploys. */
final class DeployRows {

    /** The result of a deploy that has succeeded. */
    static final String SUCCEEDED = "SUCCEEDED";

    private static final int KEPT = 200;

    private DeployRows() {}

    /**
     * The statement that computes the digest of Liquibase's history, over all columns by which Liquibase decides: the number of
     * rows, and two sums of 64-bit hashes, each with its own seed. They do not depend on the order of the rows.
     */
    static String historyDigest(String history) {
        return """
                SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*),
                  COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(r.line, 0::pg_catalog.int8)), 0),
                  COALESCE(pg_catalog.sum(pg_catalog.hashtextextended(r.line, 1::pg_catalog.int8)), 0))
                FROM (SELECT pg_catalog.format('%s', h.%s) AS line FROM %s h OFFSET 0) r
                """.formatted(
                        String.join(",", Collections.nCopies(HistoryTables.COLUMNS.size(), "%L")),
                        String.join(", h.", HistoryTables.COLUMNS),
                        history);
    }

    /** The statement that deletes all rows of a resource, its two parameters, but for the newest. */
    static String deleteOld(String deploys) {
        return "DELETE FROM " + deploys + " t WHERE t.resource OPERATOR(pg_catalog.=) ?::pg_catalog.text"
                + " AND t.started_at OPERATOR(pg_catalog.<=) (SELECT k.started_at FROM " + deploys
                + " k WHERE k.resource OPERATOR(pg_catalog.=) ?::pg_catalog.text ORDER BY k.started_at DESC OFFSET "
                + KEPT + " LIMIT 1)";
    }

    /**
     * The newest successful deploy of the resource, if this one is the same. Then this one is noted too.
     *
     * @param history the name of Liquibase's history, as a statement writes it
     * @param deploys the name of the history of deploys, as a statement writes it
     */
    static Optional<HistoryGlance.SameDeploy> same(
            String history, String deploys, DeployTable.Access access, Deploy deploy, Connection connection)
            throws SQLException {
        boolean notes = access == DeployTable.Access.WRITE;
        String sql = sameDeploy(history, deploys, notes ? noted(deploys) : "");
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, deploy.resource());
            query.setString(2, deploy.digests().changelog());
            query.setString(3, deploy.digests().request());
            query.setString(4, deploy.digests().code());
            if (notes) {
                query.setString(5, deploy.id());
                query.setString(6, deploy.stack());
                query.setString(7, deploy.logicalId());
                query.setString(8, deploy.requestId());
                query.setString(9, deploy.stamp());
                query.setString(10, deploy.functionVersion());
                query.setString(11, deploy.requestType());
                query.setString(12, deploy.resource());
                query.setString(13, deploy.resource());
            }
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new HistoryGlance.SameDeploy(row.getInt(1), row.getString(2)))
                        : Optional.empty();
            }
        }
    }

    private static String sameDeploy(String history, String deploys, String more) {
        return """
                WITH h (digest) AS (%s),
                d AS (SELECT * FROM %s a
                  WHERE a.resource OPERATOR(pg_catalog.=) ?::pg_catalog.text
                    AND a.result OPERATOR(pg_catalog.=) 'SUCCEEDED'::pg_catalog.text
                  ORDER BY a.started_at DESC LIMIT 1),
                s AS (SELECT d.* FROM d, h WHERE d.settled
                  AND d.history_digest OPERATOR(pg_catalog.=) h.digest
                  AND d.changelog_digest OPERATOR(pg_catalog.=) ?::pg_catalog.text
                  AND d.request_digest OPERATOR(pg_catalog.=) ?::pg_catalog.text
                  AND d.code_digest OPERATOR(pg_catalog.=) ?::pg_catalog.text)
                %s
                SELECT s.total, s.newest FROM s
                """.formatted(historyDigest(history), deploys, more);
    }

    // In the same round trip.
    private static String noted(String deploys) {
        return """
                , n AS (INSERT INTO %s (deployment_id, resource, stack, logical_id, request_id, deployed_at,
                    function_version, liquibase_version, changelog_digest, request_digest, code_digest, history_digest,
                    result, settled, applied, total, newest, started_at, request_type, begun_at)
                  SELECT ?, s.resource, ?, ?, ?, ?, ?, s.liquibase_version, s.changelog_digest, s.request_digest,
                    s.code_digest, s.history_digest, s.result, true, 0, s.total, s.newest, pg_catalog.clock_timestamp(), ?,
                    pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())::pg_catalog.text
                  FROM s),
                o AS (%s AND EXISTS (SELECT 1 FROM s))
                """.formatted(deploys, deleteOld(deploys));
    }
}
