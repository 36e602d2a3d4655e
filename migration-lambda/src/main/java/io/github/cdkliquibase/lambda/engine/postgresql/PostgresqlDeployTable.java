package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.DeployOutcome;
import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.NotedDeploy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The history of deploys. Every statement names its columns, so that a newer version can add some. A new column needs a default or
 * allows null.
 */
final class PostgresqlDeployTable implements DeployTable {

    /** Its columns, each with a type and the value of a new row. */
    private static final List<String> COLUMNS = List.of(
            "deployment_id pg_catalog.text PRIMARY KEY",
            "resource pg_catalog.text NOT NULL",
            "stack pg_catalog.text NOT NULL",
            "logical_id pg_catalog.text NOT NULL",
            "request_id pg_catalog.text NOT NULL",
            "deployed_at pg_catalog.text NOT NULL",
            "function_version pg_catalog.text NOT NULL",
            "liquibase_version pg_catalog.text",
            "changelog_digest pg_catalog.text NOT NULL",
            "request_digest pg_catalog.text NOT NULL",
            "code_digest pg_catalog.text NOT NULL",
            "history_digest pg_catalog.text",
            "result pg_catalog.text NOT NULL",
            "settled pg_catalog.bool NOT NULL DEFAULT false",
            "applied pg_catalog.int4",
            "total pg_catalog.int4",
            "newest pg_catalog.text",
            "restore_point pg_catalog.timestamptz",
            "started_at pg_catalog.timestamptz NOT NULL",
            "duration_millis pg_catalog.int8",
            "request_type pg_catalog.text",
            "begun_at pg_catalog.text");

    /** Those of its columns that it has had since its first version. */
    static final int FIRST_COLUMNS = 20;

    private static final List<String> ADDED = COLUMNS.subList(FIRST_COLUMNS, COLUMNS.size());

    /** The names of its columns. */
    static final List<String> NAMES = ColumnNames.of(COLUMNS);

    private static final String BEGIN = " (deployment_id, resource, stack, logical_id, request_id, deployed_at,"
            + " function_version, changelog_digest, request_digest, code_digest, request_type, result, started_at, begun_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', pg_catalog.clock_timestamp(),"
            // The oldest running transaction: every running transaction may still write rows.
            + " pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())::pg_catalog.text)"
            + " ON CONFLICT (deployment_id) DO UPDATE SET result = 'RUNNING'";

    private static final String END = " SET result = ?, history_digest = ?, settled = ?, applied = ?, total = ?,"
            + " newest = ?, restore_point = ?::pg_catalog.timestamptz, liquibase_version = ?, duration_millis = ?"
            + " WHERE deployment_id OPERATOR(pg_catalog.=) ?::pg_catalog.text";

    private final String name;
    private final String table;
    private final String history;
    private final Connection connection;

    /**
     * The table of a history.
     *
     * @param name as the server stores it
     * @param table its name, as a statement writes it
     * @param history the name of Liquibase's history, as a statement writes it
     */
    PostgresqlDeployTable(String name, String table, String history, Connection connection) {
        this.name = name;
        this.table = table;
        this.history = history;
        this.connection = connection;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void create() throws SQLException {
        try (Statement create = connection.createStatement()) {
            create.execute("CREATE TABLE IF NOT EXISTS " + table + " (" + String.join(", ", COLUMNS) + ")");
        }
    }

    @Override
    public void upgrade() throws SQLException {
        try (Statement alter = connection.createStatement()) {
            alter.execute("ALTER TABLE " + table
                    + ADDED.stream()
                            .map(column -> " ADD COLUMN IF NOT EXISTS " + column)
                            .collect(Collectors.joining(",")));
        }
    }

    @Override
    public List<NotedDeploy> of(String resource) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT deployment_id, deployed_at,"
                + " request_type OPERATOR(pg_catalog.=) 'Create'::pg_catalog.text, begun_at FROM "
                + table
                + " WHERE resource OPERATOR(pg_catalog.=) ?::pg_catalog.text ORDER BY started_at")) {
            query.setString(1, resource);
            List<NotedDeploy> deploys = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    deploys.add(new NotedDeploy(
                            row.getString(1),
                            row.getString(2),
                            row.getBoolean(3),
                            Objects.toString(row.getString(4), "")));
                }
            }
            return deploys;
        }
    }

    @Override
    public boolean hasOthers() throws SQLException {
        String noted = "(SELECT 1 FROM " + table + " d WHERE d.deployment_id OPERATOR(pg_catalog.=) %s.deployment_id)";
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT EXISTS (SELECT 1 FROM " + history
                        + " h WHERE NOT EXISTS " + noted.formatted("h")
                        + " AND h.orderexecuted OPERATOR(pg_catalog.>) (SELECT pg_catalog.min(f.orderexecuted) FROM "
                        + history + " f WHERE EXISTS " + noted.formatted("f") + "))")) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public void undone(String deployment) throws SQLException {
        result("UNDONE", deployment);
    }

    @Override
    public void begin(Deploy deploy) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("INSERT INTO " + table + BEGIN)) {
            row.setString(1, deploy.id());
            row.setString(2, deploy.resource());
            row.setString(3, deploy.stack());
            row.setString(4, deploy.logicalId());
            row.setString(5, deploy.requestId());
            row.setString(6, deploy.stamp());
            row.setString(7, deploy.functionVersion());
            row.setString(8, deploy.digests().changelog());
            row.setString(9, deploy.digests().request());
            row.setString(10, deploy.digests().code());
            row.setString(11, deploy.requestType());
            row.executeUpdate();
        }
    }

    @Override
    public void end(Deploy deploy, DeployOutcome outcome) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("UPDATE " + table + END)) {
            row.setString(1, DeployRows.SUCCEEDED);
            row.setString(2, outcome.history());
            row.setBoolean(3, outcome.settled());
            row.setInt(4, outcome.applied());
            row.setInt(5, outcome.total());
            row.setString(6, outcome.newest());
            row.setString(7, outcome.restorePoint().map(Instant::toString).orElse(null));
            row.setString(8, outcome.liquibaseVersion());
            row.setLong(9, outcome.duration().toMillis());
            row.setString(10, deploy.id());
            row.executeUpdate();
        }
        try (PreparedStatement old = connection.prepareStatement(DeployRows.deleteOld(table))) {
            old.setString(1, deploy.resource());
            old.setString(2, deploy.resource());
            old.executeUpdate();
        }
    }

    @Override
    public void failed(Deploy deploy) throws SQLException {
        result("FAILED", deploy.id());
    }

    private void result(String result, String deployment) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement(
                "UPDATE " + table + " SET result = ? WHERE deployment_id OPERATOR(pg_catalog.=) ?::pg_catalog.text")) {
            row.setString(1, result);
            row.setString(2, deployment);
            row.executeUpdate();
        }
    }

    @Override
    public String historyDigest() throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(DeployRows.historyDigest(history))) {
            row.next();
            return row.getString(1);
        }
    }
}
