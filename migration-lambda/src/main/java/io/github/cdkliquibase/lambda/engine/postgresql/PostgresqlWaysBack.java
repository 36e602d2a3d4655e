package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.ChangesetKey;
import io.github.cdkliquibase.lambda.engine.HistoryEntry;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.KeptWayBack;
import io.github.cdkliquibase.lambda.engine.WayBack;
import io.github.cdkliquibase.lambda.engine.WaysBack;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The ways back, with the statements of a changeset in an array, and a former row of the history as JSON. */
final class PostgresqlWaysBack implements WaysBack {

    /** Its columns, each with a type. A newer version may add some that allow null. */
    private static final List<String> COLUMNS = List.of(
            "deployment_id pg_catalog.text NOT NULL",
            "changeset_id pg_catalog.text NOT NULL",
            "changeset_author pg_catalog.text NOT NULL",
            "changeset_file pg_catalog.text NOT NULL",
            "place pg_catalog.int4 NOT NULL",
            "statements pg_catalog.text[]",
            "why_none pg_catalog.text NOT NULL",
            "row_before pg_catalog.text",
            "deployment_before pg_catalog.text",
            "transaction_id pg_catalog.text NOT NULL",
            "undone_by pg_catalog.text");

    /** The names of its columns. */
    static final List<String> NAMES = ColumnNames.of(COLUMNS);

    /** The columns of a {@link KeptWayBack}. */
    private static final String READ = String.join(", ", NAMES.subList(0, NAMES.indexOf("transaction_id")));

    private static final String KEY = "(deployment_id, changeset_id, changeset_author, changeset_file)";

    private static final String SAME_CHANGESET = " WHERE id OPERATOR(pg_catalog.=) ?::pg_catalog.text"
            + " AND author OPERATOR(pg_catalog.=) ?::pg_catalog.text AND filename OPERATOR(pg_catalog.=) ?::pg_catalog.text";

    /** Liquibase's columns that say how a changeset ran. */
    private static final String ROW = HistoryTables.COLUMNS.stream()
            .filter(name -> !List.of("id", "author", "filename").contains(name))
            .collect(Collectors.joining(", "));

    private final HistoryTables tables;
    private final String table;
    private final String deploys;
    private final String history;
    private final Connection connection;

    /**
     * The table of a history.
     *
     * @param table its name, as a statement writes it
     * @param deploys the name of the history of deploys, as a statement writes it
     * @param history the name of Liquibase's history, as a statement writes it
     */
    PostgresqlWaysBack(HistoryTables tables, String table, String deploys, String history, Connection connection) {
        this.tables = tables;
        this.table = table;
        this.deploys = deploys;
        this.history = history;
        this.connection = connection;
    }

    @Override
    public String name() {
        return tables.waysBack();
    }

    @Override
    public void create() throws SQLException {
        execute("CREATE TABLE IF NOT EXISTS " + table + " (" + String.join(", ", COLUMNS) + ", PRIMARY KEY " + KEY
                + ")");
        revokeFromOthers();
    }

    @Override
    public void revokeFromOthers() throws SQLException {
        String others;
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT pg_catalog.string_agg(DISTINCT CASE WHEN g.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid THEN 'PUBLIC'
                    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)::pg_catalog.text) END, ', ')
                FROM (SELECT c.relowner, pg_catalog.aclexplode(c.relacl) AS entry FROM pg_catalog.pg_class c
                    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                  WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                    AND c.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                  UNION ALL
                  SELECT c.relowner, pg_catalog.aclexplode(a.attacl) FROM pg_catalog.pg_class c
                    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                    JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
                  WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                    AND c.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name) r (owner, entry),
                  LATERAL (SELECT (r.entry).grantee) g
                WHERE g.grantee OPERATOR(pg_catalog.<>) r.owner
                """)) {
            query.setString(1, tables.schema());
            query.setString(2, tables.waysBack());
            query.setString(3, tables.schema());
            query.setString(4, tables.waysBack());
            try (ResultSet row = query.executeQuery()) {
                others = row.next() ? row.getString(1) : null;
            }
        }
        if (others != null) {
            execute("REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON TABLE " + table + " FROM " + others
                    + " CASCADE");
        }
    }

    @Override
    public String insertion(WayBack way) {
        ChangesetKey key = way.changeset();
        String before = " FROM " + history + " h WHERE h.id OPERATOR(pg_catalog.=) " + Literal.of(key.id())
                + " AND h.author OPERATOR(pg_catalog.=) " + Literal.of(key.author())
                + " AND h.filename OPERATOR(pg_catalog.=) " + Literal.of(key.file()) + " LIMIT 1)";
        return quietly("INSERT INTO " + table + " (" + String.join(", ", NAMES.subList(0, NAMES.size() - 1))
                + ") VALUES ("
                + String.join(
                        ", ",
                        Literal.of(way.deployment()),
                        Literal.of(key.id()),
                        Literal.of(key.author()),
                        Literal.of(key.file()),
                        Integer.toString(way.place()),
                        way.statements().map(Literal::array).orElse("NULL"),
                        Literal.of(way.whyNone()),
                        // Only where there is one: the history has no index.
                        way.isRepeated() ? "(SELECT pg_catalog.row_to_json(h)::pg_catalog.text" + before : "NULL",
                        way.isRepeated() ? "(SELECT h.deployment_id" + before : "NULL",
                        "pg_catalog.txid_current()::pg_catalog.text")
                + ") ON CONFLICT " + KEY + " DO UPDATE SET place = excluded.place, statements = excluded.statements,"
                + " why_none = excluded.why_none, transaction_id = excluded.transaction_id");
    }

    // A changeset may have taken the table away, or given it a trigger or a policy.
    private static String quietly(String sql) {
        String tag = "w";
        while (sql.contains("$" + tag)) {
            tag += "w";
        }
        return "DO LANGUAGE plpgsql $%1$s$BEGIN %2$s; EXCEPTION WHEN OTHERS THEN NULL; END$%1$s$".formatted(tag, sql);
    }

    @Override
    public List<String> transactions(Collection<String> deployments) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT transaction_id,"
                + " CASE WHEN undone_by IS NOT NULL THEN xmin::pg_catalog.text END FROM " + table
                + " WHERE deployment_id OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[])")) {
            query.setArray(1, connection.createArrayOf("text", deployments.toArray()));
            List<String> transactions = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    transactions.add(row.getString(1));
                    Optional.ofNullable(row.getString(2)).ifPresent(transactions::add);
                }
            }
            return transactions;
        }
    }

    @Override
    public List<KeptWayBack> of(Collection<String> deployments) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT " + READ + " FROM "
                + table + " WHERE deployment_id OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[])"
                + " AND undone_by IS NULL")) {
            query.setArray(1, connection.createArrayOf("text", deployments.toArray()));
            List<KeptWayBack> ways = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    ways.add(new KeptWayBack(
                            row.getString(1),
                            new ChangesetKey(row.getString(2), row.getString(3), row.getString(4)),
                            row.getInt(5),
                            texts(row.getArray(6)),
                            row.getString(7),
                            Optional.ofNullable(row.getString(8)),
                            Objects.toString(row.getString(9), "")));
                }
            }
            return ways;
        }
    }

    private static Optional<List<String>> texts(@Nullable Array array) throws SQLException {
        return array == null ? Optional.empty() : Optional.of(List.of((String[]) array.getArray()));
    }

    @Override
    public List<HistoryEntry> history(Collection<String> deployments) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT id, author, filename, deployment_id,"
                + " exectype OPERATOR(pg_catalog.=) 'MARK_RAN'::pg_catalog.text FROM " + history
                + " WHERE deployment_id OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[])")) {
            query.setArray(1, connection.createArrayOf("text", deployments.toArray()));
            List<HistoryEntry> entries = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    entries.add(new HistoryEntry(
                            new ChangesetKey(row.getString(1), row.getString(2), row.getString(3)),
                            row.getString(4),
                            row.getBoolean(5)));
                }
            }
            return entries;
        }
    }

    @Override
    public void undone(ChangesetKey changeset, String deployment, Optional<String> rowBefore, String rollback)
            throws SQLException {
        String change = rowBefore.isPresent()
                ? "UPDATE " + history + " SET (" + ROW + ") = (SELECT " + ROW
                        + " FROM pg_catalog.json_populate_record(NULL::" + history + ", ?::pg_catalog.json))"
                : "DELETE FROM " + history;
        try (PreparedStatement row = connection.prepareStatement(
                change + SAME_CHANGESET + " AND deployment_id OPERATOR(pg_catalog.=) ?::pg_catalog.text")) {
            int next = 1;
            if (rowBefore.isPresent()) {
                row.setString(next++, rowBefore.get());
            }
            row.setString(next++, changeset.id());
            row.setString(next++, changeset.author());
            row.setString(next++, changeset.file());
            row.setString(next, deployment);
            if (row.executeUpdate() == 0) {
                throw new SQLException("The history no longer has the row of the deploy");
            }
        }
        try (PreparedStatement mark = connection.prepareStatement("UPDATE " + table
                + " SET undone_by = ? WHERE deployment_id OPERATOR(pg_catalog.=) ?::pg_catalog.text"
                + " AND changeset_id OPERATOR(pg_catalog.=) ?::pg_catalog.text"
                + " AND changeset_author OPERATOR(pg_catalog.=) ?::pg_catalog.text"
                + " AND changeset_file OPERATOR(pg_catalog.=) ?::pg_catalog.text")) {
            mark.setString(1, rollback);
            mark.setString(2, deployment);
            mark.setString(3, changeset.id());
            mark.setString(4, changeset.author());
            mark.setString(5, changeset.file());
            mark.executeUpdate();
        }
    }

    @Override
    public int countUndone(String rollback) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT pg_catalog.count(*) FROM " + table
                + " WHERE undone_by OPERATOR(pg_catalog.=) ?::pg_catalog.text")) {
            query.setString(1, rollback);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Override
    public void trim() throws SQLException {
        execute("DELETE FROM " + table + " w WHERE NOT EXISTS (SELECT 1 FROM " + deploys
                + " d WHERE d.deployment_id OPERATOR(pg_catalog.=) w.deployment_id)");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
