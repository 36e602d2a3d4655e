package io.github.cdkliquibase.lambda.engine.postgresql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out whether a statement has changed the database, or only its session. */
final class Traces {

    /** Statements that change temporary objects only, if all tables that they have locked are temporary. */
    private static final Pattern MAY_BE_TEMPORARY = Pattern.compile(
            "(?:CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:(?:GLOBAL|LOCAL)\\s+)?TEMP(?:ORARY)?|CREATE\\s+(?:UNIQUE\\s+)?INDEX"
                    + "|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|ANALYZE|ALTER\\s+TABLE|SELECT\\b.*\\bINTO)\\b",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** The server does not list the settings of applications, so their names are taken from the SQL. */
    private static final Pattern CUSTOM_SETTING = Pattern.compile(
            "(?:\\bSET\\s+(?:SESSION\\s+|LOCAL\\s+)?|')([A-Za-z_][\\w$]*(?:\\.[A-Za-z_][\\w$]*){1,50})\\b",
            Pattern.CASE_INSENSITIVE);

    /** Functions of the extension dblink that open a connection, or that may write through one. */
    private static final Pattern CONNECTS = Pattern.compile("\\bdblink_connect(?:_u)?\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern WRITES_ELSEWHERE =
            Pattern.compile("\\bdblink(?:_exec|_send_query)?\\s*\\(", Pattern.CASE_INSENSITIVE);

    private static final String WRITTEN = """
            SELECT pg_catalog.txid_current_if_assigned() IS NOT NULL,
              EXISTS (SELECT 1 FROM pg_catalog.pg_locks l
                LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) l.relation
                LEFT JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
                  AND l.locktype OPERATOR(pg_catalog.=) 'relation'
                  AND NOT l.mode OPERATOR(pg_catalog.=) ANY (ARRAY['AccessShareLock', 'RowShareLock'])
                  AND (c.oid IS NULL
                    OR NOT (n.oid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
                      OR pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_toast')
                      OR n.nspname OPERATOR(pg_catalog.=) 'pg_catalog')))
            """;

    private Traces() {}

    /**
     * Whether a statement may have changed more than its session.
     *
     * @param connection in the transaction of the statement, which has been executed
     * @return true also if this cannot be ruled out
     */
    static boolean touchesDatabase(Connection connection, String sql) throws SQLException {
        if (WRITES_ELSEWHERE.matcher(sql).find()) {
            return true;
        }
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(WRITTEN)) {
            row.next();
            boolean hasWritten = row.getBoolean(1);
            boolean hasLockedTables = row.getBoolean(2);
            return hasLockedTables
                    || (hasWritten
                            && !MAY_BE_TEMPORARY.matcher(StatementHead.of(sql)).lookingAt());
        }
    }

    /**
     * Whether a statement opens a connection of the extension dblink. Such a connection ends with the session, and no
     * catalog lists it.
     */
    static boolean connectsElsewhere(String sql) {
        return CONNECTS.matcher(sql).find();
    }

    /** The names of settings of applications that a statement may set, such as {@code app.tenant}, in lower case. */
    static Set<String> customSettings(String sql) {
        Set<String> names = new TreeSet<>();
        Matcher name = CUSTOM_SETTING.matcher(sql);
        while (name.find()) {
            names.add(name.group(1).toLowerCase(Locale.ROOT));
        }
        return names;
    }
}
