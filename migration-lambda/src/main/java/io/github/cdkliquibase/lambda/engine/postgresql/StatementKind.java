package io.github.cdkliquibase.lambda.engine.postgresql;

import java.util.List;
import java.util.regex.Pattern;

/** How to execute a statement of a changeset outside a transaction exactly once. */
public enum StatementKind {
    /** Can run in a separate transaction. */
    PLAIN,
    /** Refuses to run in a transaction, or may end its transaction. */
    ALONE,
    /** Changes only the session; a new session needs it again. */
    SESSION,
    /** Begins a transaction. */
    BEGIN,
    /** Commits a transaction. */
    COMMIT,
    /** Prepares a transaction for a {@code COMMIT PREPARED}. */
    PREPARE,
    /** Rolls back a transaction. */
    ROLLBACK,
    /** Sets, releases or goes back to a savepoint: belongs to the transaction that is open. */
    SAVEPOINT;

    private static final Pattern SESSION_WORDS =
            head("SET|RESET|SHOW|LISTEN|UNLISTEN|DISCARD|LOAD|DEALLOCATE" + "|PREPARE(?!\\s+TRANSACTION)");

    /** If the value is computed, a second execution may set another value, or repeat a side effect. */
    private static final Pattern LITERAL_SETTING = Pattern.compile(
            "SELECT\\s+(?:pg_catalog\\.)?set_config\\s*\\(\\s*'[^']*'\\s*,\\s*'[^']*+(?:''[^']*+)*+'\\s*,\\s*(?:TRUE|FALSE)\\s*\\)"
                    + "(?:\\s+(?:AS\\s+)?\\w+)?\\s*;?\\s*",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern BEGIN_WORDS = head("BEGIN|START\\s+TRANSACTION");
    private static final Pattern COMMIT_WORDS = head("COMMIT|END");
    private static final Pattern PREPARE_WORDS = head("PREPARE\\s+TRANSACTION");
    private static final Pattern ROLLBACK_WORDS = head("ROLLBACK(?!\\s+(?:WORK\\s+|TRANSACTION\\s+)?TO\\b)|ABORT");
    private static final Pattern SAVEPOINT_WORDS = head("SAVEPOINT|RELEASE|ROLLBACK");

    private static final Pattern ALONE_WORDS = head(
            "(?:CREATE|DROP)\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY"
                    + "|REINDEX|VACUUM|CLUSTER|(?:CREATE|DROP)\\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER\\s+(?:SYSTEM|SUBSCRIPTION)"
                    + "|(?:COMMIT|ROLLBACK)\\s+PREPARED"
                    + "|ALTER\\s+TABLE\\b[^;]*\\bDETACH\\s+PARTITION\\b[^;]*\\bCONCURRENTLY|CALL|DO\\b.*\\b(?:COMMIT|ROLLBACK)");

    private static final Pattern DROP = head("DROP");

    private static final Pattern QUERY_WORDS = head("SELECT|WITH|VALUES|TABLE");

    private static final Pattern CHAIN = Pattern.compile("\\bAND\\s+CHAIN\\b", Pattern.CASE_INSENSITIVE);

    private static Pattern head(String words) {
        return Pattern.compile("(?:" + words + ")\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /**
     * The kind of a statement, by its first words. If a statement is {@link #ALONE} but is classified as {@link
     * #PLAIN}, PostgreSQL refuses it.
     *
     * @param sql one statement, or several in a text that was not split. Several are {@link #ALONE} as soon as one of
     *     them begins or ends a transaction
     */
    public static StatementKind of(String sql) {
        List<StatementKind> kinds =
                Statements.in(sql).stream().map(StatementKind::ofOne).distinct().toList();
        if (kinds.size() == 1) {
            return kinds.get(0);
        }
        return kinds.stream().allMatch(kind -> kind == PLAIN || kind == SESSION) ? PLAIN : ALONE;
    }

    /** Whether a text is one statement that may return rows: {@code SELECT} or an equivalent. */
    public static boolean isOneQuery(String sql) {
        List<String> statements = Statements.in(sql);
        return statements.size() == 1
                && QUERY_WORDS.matcher(StatementHead.of(statements.get(0))).lookingAt();
    }

    private static StatementKind ofOne(String sql) {
        String head = StatementHead.of(sql);
        if (ALONE_WORDS.matcher(head).lookingAt()) {
            return ALONE;
        }
        if (SESSION_WORDS.matcher(head).lookingAt()
                || LITERAL_SETTING.matcher(head).matches()) {
            return SESSION;
        }
        if (BEGIN_WORDS.matcher(head).lookingAt()) {
            return BEGIN;
        }
        if (COMMIT_WORDS.matcher(head).lookingAt()) {
            return COMMIT;
        }
        if (PREPARE_WORDS.matcher(head).lookingAt()) {
            return PREPARE;
        }
        if (ROLLBACK_WORDS.matcher(head).lookingAt()) {
            return ROLLBACK;
        }
        return SAVEPOINT_WORDS.matcher(head).lookingAt() ? SAVEPOINT : PLAIN;
    }

    /** Whether it controls a transaction. */
    public boolean isOfTransactions() {
        return this == BEGIN || this == SAVEPOINT || endsATransaction();
    }

    /** Whether it ends a transaction. */
    public boolean endsATransaction() {
        return this == COMMIT || this == PREPARE || this == ROLLBACK;
    }

    /** Whether a statement that ends a transaction begins the next one. */
    public static boolean beginsTheNext(String sql) {
        return CHAIN.matcher(StatementHead.of(sql)).find();
    }

    /** Whether one of the statements in a text ends a transaction. */
    public static boolean endsATransaction(String sql) {
        return Statements.in(sql).stream().map(StatementKind::ofOne).anyMatch(StatementKind::endsATransaction);
    }

    /** Whether the statement drops something. */
    public static boolean isDrop(String sql) {
        return DROP.matcher(StatementHead.of(sql)).lookingAt();
    }
}
