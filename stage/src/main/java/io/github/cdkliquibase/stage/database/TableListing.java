package io.github.cdkliquibase.stage.database;

import io.github.cdkliquibase.stage.database.TargetDatabase.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Lists tables with their number of rows. */
final class TableListing {

    private static final String TABLES = """
            select n.nspname, c.relname, format('%I.%I', n.nspname, c.relname)
              from pg_class c
              join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p')
               and not c.relispartition
               and n.nspname <> 'information_schema'
               and n.nspname !~ '^pg_'
               and has_schema_privilege(n.oid, 'usage')
               and has_table_privilege(c.oid, 'select')
             order by 1, 2
            """;

    private TableListing() {}

    static List<Table> of(Connection connection) throws SQLException {
        List<Table> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                tables.add(new Table(rows.getString(1), rows.getString(2), count(connection, rows.getString(3))));
            }
        }
        return tables;
    }

    private static long count(Connection connection, String quotedName) throws SQLException {
        String query =
                "select count(*) from (select 1 from " + quotedName + " limit " + (Table.COUNTED + 1) + ") as counted";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
