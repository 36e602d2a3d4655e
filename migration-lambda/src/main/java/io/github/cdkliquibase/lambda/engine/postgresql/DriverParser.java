package io.github.cdkliquibase.lambda.engine.postgresql;

import java.sql.SQLException;
import java.util.List;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/** Splits a text of SQL into the statements that the driver sends, by the driver's own parser. */
final class DriverParser {

    private DriverParser() {}

    /**
     * The statements in a text, without empty ones.
     *
     * @return the text as a whole if the driver cannot split it
     */
    static List<String> split(String sql) {
        try {
            List<String> statements = Parser.parseJdbcSql(sql, true, false, true, false, false).stream()
                    .map(DriverParser::text)
                    .filter(statement -> !StatementHead.of(statement).isEmpty())
                    .toList();
            return statements.isEmpty() ? List.of(sql) : statements;
        } catch (SQLException | IndexOutOfBoundsException e) {
            // An unterminated quote: the server says so too.
            return List.of(sql);
        }
    }

    /** Whether the driver splits a text into these statements. */
    static boolean splitsInto(List<String> statements, String sql) {
        try {
            return Parser.parseJdbcSql(sql, true, false, true, false, false).stream()
                    .map(DriverParser::text)
                    .toList()
                    .equals(statements.stream().map(String::strip).toList());
        } catch (SQLException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    private static String text(NativeQuery query) {
        return query.nativeSql.strip();
    }
}
