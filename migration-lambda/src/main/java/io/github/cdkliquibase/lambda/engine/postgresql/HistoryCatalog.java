package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;

/** What the catalogs say of histories. */
final class HistoryCatalog {

    private static final String STATE = """
            SELECT
              (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class h
                 JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) h.oid
               WHERE h.relnamespace OPERATOR(pg_catalog.=) n.oid
                 AND h.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
                 AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
                 AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (?::pg_catalog.text[])),
              EXISTS (SELECT 1 FROM pg_catalog.pg_class u WHERE u.relnamespace OPERATOR(pg_catalog.=) n.oid
                 AND u.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name),
              l.oid IS NOT NULL,
              COALESCE((SELECT pg_catalog.row_security_active(h.oid) FROM pg_catalog.pg_class h
                WHERE h.relnamespace OPERATOR(pg_catalog.=) n.oid AND h.relkind IN ('r', 'p')
                  AND h.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name), false),
              pg_catalog.obj_description(l.oid, 'pg_class'),
              COALESCE(pg_catalog.pg_has_role(l.relowner, 'USAGE'), false),
              COALESCE(pg_catalog.pg_get_userbyid(l.relowner)::pg_catalog.text, '')
            FROM pg_catalog.pg_namespace n
              LEFT JOIN pg_catalog.pg_class l ON l.relnamespace OPERATOR(pg_catalog.=) n.oid
                AND l.relname OPERATOR(pg_catalog.=) ?::pg_catalog.name
            WHERE n.nspname OPERATOR(pg_catalog.=) ?::pg_catalog.name
            """;

    private HistoryCatalog() {}

    static HistoryState state(HistoryTables tables, Collection<String> wanted, Connection connection)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(STATE)) {
            query.setString(1, tables.history());
            query.setArray(2, connection.createArrayOf("text", wanted.toArray()));
            query.setString(3, tables.unfinished());
            query.setString(4, tables.history());
            query.setString(5, tables.lock());
            query.setString(6, tables.schema());
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? new HistoryState(
                                row.getInt(1),
                                row.getBoolean(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                Optional.ofNullable(row.getString(5)),
                                row.getBoolean(6),
                                row.getString(7))
                        : HistoryState.NOTHING;
            }
        }
    }
}
