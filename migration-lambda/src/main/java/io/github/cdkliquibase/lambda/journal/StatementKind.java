package io.github.cdkliquibase.lambda.journal;

import java.util.regex.Pattern;

/** What has to be known of a statement, in a changeset outside a transaction, to do it once. */
public enum StatementKind {
    /** Can have a transaction of its own. */
    PLAIN,
    /** Refuses to run in a transaction, or may end the one that it runs in. */
    ALONE,
    /** Changes the session and nothing else, so each run needs it anew. */
    SESSION,
    /** Begins or ends a transaction: the changeset keeps its own account. */
    TRANSACTION;

    private static final Pattern SESSION_WORDS = head("SET|RESET|SHOW|LISTEN|UNLISTEN|DISCARD|LOAD|DEALLOCATE"
            + "|PREPARE(?!\\s+TRANSACTION)|CREATE\\s+(?:(?:GLOBAL|LOCAL)\\s+)?TEMP(?:ORARY)?"
            + "|SELECT\\s+(?:pg_catalog\\.)?set_config");

    private static final Pattern TRANSACTION_WORDS =
            head("BEGIN|START\\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\\s+TRANSACTION");

    private static final Pattern ALONE_WORDS = head(
            "(?:CREATE|DROP)\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY"
                    + "|REINDEX|VACUUM|CLUSTER|(?:CREATE|DROP)\\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER\\s+(?:SYSTEM|SUBSCRIPTION)"
                    + "|ALTER\\s+TABLE\\b[^;]*\\bDETACH\\s+PARTITION\\b[^;]*\\bCONCURRENTLY|CALL|DO\\b.*\\b(?:COMMIT|ROLLBACK)");

    private static final Pattern DROP = head("DROP");

    private static Pattern head(String words) {
        return Pattern.compile("(?:" + words + ")\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /** The kind of a statement, by its first words. One that is taken for plain and is not, PostgreSQL refuses. */
    public static StatementKind of(String sql) {
        String head = StatementHead.of(sql);
        if (SESSION_WORDS.matcher(head).lookingAt()) {
            // More than one statement in a text that was not split: what is behind it may be anything.
            return isOne(head) ? SESSION : PLAIN;
        }
        if (TRANSACTION_WORDS.matcher(head).lookingAt()) {
            return TRANSACTION;
        }
        return ALONE_WORDS.matcher(head).lookingAt() ? ALONE : PLAIN;
    }

    private static boolean isOne(String sql) {
        int end = sql.indexOf(';');
        return end < 0 || StatementHead.of(sql.substring(end + 1)).isEmpty();
    }

    /** Whether the statement takes something away. */
    public static boolean isDrop(String sql) {
        return DROP.matcher(StatementHead.of(sql)).lookingAt();
    }
}
