package io.github.cdkliquibase.lambda.engine.postgresql;

/** Finds where a statement begins. */
final class StatementHead {

    private StatementHead() {}

    /** The statement without leading white space and comments. Block comments nest, as in PostgreSQL. */
    static String of(String sql) {
        int at = 0;
        while (at < sql.length()) {
            if (Character.isWhitespace(sql.charAt(at))) {
                at++;
            } else if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end + 1;
            } else if (sql.startsWith("/*", at)) {
                at = behindComment(sql, at);
            } else {
                break;
            }
        }
        return sql.substring(at);
    }

    private static int behindComment(String sql, int start) {
        int depth = 0;
        int at = start;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
        return Math.min(at, sql.length());
    }
}
