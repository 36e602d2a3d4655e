package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.DeployTable;
import io.github.cdkliquibase.lambda.engine.HistoryGlance;
import io.github.cdkliquibase.lambda.engine.HistoryNames;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What the catalogs say of histories. */
final class HistoryCatalog {

    /**
     * A history of deploys of a role that is not trusted could hold false rows, and code in a trigger. Trusted are the roles
     * whose privileges the user has, and the owner of Liquibase's history.
     */
    private static final String OF_OTHERS = """
            NOT (pg_catalog.pg_has_role(d.relowner, 'USAGE') OR d.relowner OPERATOR(pg_catalog.=) h.relowner)""";

    /** The ways back are executed: a role that may write them could do all that the user may do. */
    private static final String WRITTEN_BY_OTHERS = """
            pg_catalog.pg_get_userbyid(w.relowner) OPERATOR(pg_catalog.<>) CURRENT_USER
            OR EXISTS (SELECT 1 FROM pg_catalog.aclexplode(w.relacl) g
              WHERE g.grantee OPERATOR(pg_catalog.<>) w.relowner AND g.privilege_type IN ('INSERT', 'UPDATE', 'TRIGGER'))
            OR EXISTS (SELECT 1 FROM pg_catalog.pg_attribute b, pg_catalog.aclexplode(b.attacl) g
              WHERE b.attrelid OPERATOR(pg_catalog.=) w.oid AND g.grantee OPERATOR(pg_catalog.<>) w.relowner
                AND g.privilege_type IN ('INSERT', 'UPDATE'))
            OR EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) w.oid)""";

    private static final String STATE = """
            SELECT
              (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
               WHERE a.attrelid OPERATOR(pg_catalog.=) h.oid
                 AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
                 AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[])),
              COALESCE(h.relkind IN ('r', 'p'), false) AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a
                 JOIN (VALUES ('md5sum', 35), ('liquibase', 20), ('contexts', 255), ('labels', 255)) w (name, chars)
                   ON a.attname::pg_catalog.text OPERATOR(pg_catalog.=) w.name
                 WHERE a.attrelid OPERATOR(pg_catalog.=) h.oid AND NOT a.attisdropped
                   AND a.atttypmod OPERATOR(pg_catalog.>=) 0
                   AND a.atttypmod OPERATOR(pg_catalog.-) 4 OPERATOR(pg_catalog.<) w.chars),
              EXISTS (SELECT 1 FROM pg_catalog.pg_class u WHERE u.relnamespace OPERATOR(pg_catalog.=) n.oid
                 AND u.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name),
              l.oid IS NOT NULL,
              COALESCE(h.relkind IN ('r', 'p') AND pg_catalog.row_security_active(h.oid), false),
              pg_catalog.obj_description(l.oid, 'pg_class'),
              COALESCE(pg_catalog.pg_has_role(l.relowner, 'USAGE'), false),
              COALESCE(pg_catalog.pg_get_userbyid(l.relowner)::pg_catalog.text, ''),
              %s,
              %s,
              n.nspname, o.nspname, CURRENT_USER, pg_catalog.current_database()
            FROM pg_catalog.pg_namespace n
              JOIN pg_catalog.pg_namespace o
                ON o.nspname OPERATOR(pg_catalog.=) COALESCE(?::pg_catalog.name, pg_catalog.current_schema(), n.nspname)
              LEFT JOIN pg_catalog.pg_class h ON h.relnamespace OPERATOR(pg_catalog.=) n.oid
                AND h.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
              LEFT JOIN pg_catalog.pg_class l ON l.relnamespace OPERATOR(pg_catalog.=) n.oid
                AND l.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
              LEFT JOIN pg_catalog.pg_class d ON d.relnamespace OPERATOR(pg_catalog.=) n.oid
                AND d.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
              LEFT JOIN pg_catalog.pg_class w ON w.relnamespace OPERATOR(pg_catalog.=) n.oid
                AND w.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
            WHERE n.nspname OPERATOR(pg_catalog.=) COALESCE(?::pg_catalog.name, pg_catalog.current_schema())
            """.formatted(
                    access("d", PostgresqlDeployTable.NAMES, PostgresqlDeployTable.FIRST_COLUMNS, OF_OTHERS),
                    access("w", PostgresqlWaysBack.NAMES, PostgresqlWaysBack.NAMES.size(), WRITTEN_BY_OTHERS));

    private HistoryCatalog() {}

    /**
     * The expression for the user's access to one of the product's own tables, as a {@link DeployTable.Access}.
     *
     * @param alias of the table
     * @param names of its columns, those of its first version first
     * @param first how many columns its first version had
     * @param refused condition under which it is refused
     */
    private static String access(String alias, List<String> names, int first, String refused) {
        return """
                CASE
                  WHEN %1$s.oid IS NULL THEN 'NONE'
                  WHEN %1$s.relkind OPERATOR(pg_catalog.<>) 'r' OR h.relkind NOT IN ('r', 'p')
                    OR pg_catalog.row_security_active(%1$s.oid)
                    OR %2$s OPERATOR(pg_catalog.<>) %3$d
                    OR NOT pg_catalog.has_table_privilege(%1$s.oid, 'SELECT') OR %4$s THEN 'REFUSED'
                  WHEN %5$s OPERATOR(pg_catalog.<>) %6$d
                    THEN CASE WHEN pg_catalog.pg_has_role(%1$s.relowner, 'USAGE') THEN 'OUTDATED' ELSE 'READ' END
                  WHEN pg_catalog.has_table_privilege(%1$s.oid, 'INSERT')
                    AND pg_catalog.has_table_privilege(%1$s.oid, 'UPDATE')
                    AND pg_catalog.has_table_privilege(%1$s.oid, 'DELETE') THEN 'WRITE'
                  ELSE 'READ'
                END""".formatted(
                alias, columns(alias, names.subList(0, first)), first, refused, columns(alias, names), names.size());
    }

    private static String columns(String alias, List<String> names) {
        return "(SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) "
                + alias + ".oid AND NOT a.attisdropped AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ("
                + Literal.array(names) + "))";
    }

    static HistoryState state(HistoryTables tables, Connection connection) throws SQLException {
        HistoryNames names =
                new HistoryNames(Optional.empty(), Optional.of(tables.schema()), tables.history(), tables.lock());
        return glance(names, connection).map(HistoryGlance::state).orElse(HistoryState.NOTHING);
    }

    static Optional<HistoryGlance> glance(HistoryNames names, Connection connection) throws SQLException {
        HistoryTables tables = names.in("");
        try (PreparedStatement query = connection.prepareStatement(STATE)) {
            query.setArray(1, connection.createArrayOf("text", HistoryTables.COLUMNS.toArray()));
            query.setString(2, tables.unfinished());
            query.setString(3, names.defaultSchema().orElse(null));
            query.setString(4, tables.history());
            query.setString(5, tables.lock());
            query.setString(6, tables.deploys());
            query.setString(7, tables.waysBack());
            query.setString(8, names.schema().or(names::defaultSchema).orElse(null));
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(read(row, names)) : Optional.empty();
            }
        }
    }

    private static HistoryGlance read(ResultSet row, HistoryNames names) throws SQLException {
        HistoryState state = new HistoryState(
                row.getInt(1),
                row.getBoolean(2),
                row.getBoolean(3),
                row.getBoolean(4),
                row.getBoolean(5),
                Optional.ofNullable(row.getString(6)),
                row.getBoolean(7),
                row.getString(8),
                DeployTable.Access.valueOf(row.getString(9)),
                DeployTable.Access.valueOf(row.getString(10)));
        return new HistoryGlance(
                names.in(row.getString(11)), row.getString(12), row.getString(13), row.getString(14), state);
    }
}
