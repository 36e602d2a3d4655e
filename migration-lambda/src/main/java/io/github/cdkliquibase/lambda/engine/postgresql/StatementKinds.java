package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.StatementKind;
import java.util.List;
import java.util.regex.Pattern;

/** The kinds of statements, by their first words. */
final class StatementKinds {

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

    private StatementKinds() {}

    private static Pattern head(String words) {
        return Pattern.compile("(?:" + words + ")\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /**
     * The kind of a statement, by its first words. PostgreSQL refuses a statement that is taken for {@link StatementKind#PLAIN} and is
     * {@link StatementKind#ALONE}.
     *
     * @param sql one statement, or several in a text that was not split. Several are {@link StatementKind#ALONE} as soon as one of
     *     them begins or ends a transaction
     */
    static StatementKind of(String sql) {
        List<StatementKind> kinds = DriverParser.split(sql).stream()
                .map(StatementKinds::ofOne)
                .distinct()
                .toList();
        if (kinds.size() == 1) {
            return kinds.get(0);
        }
        return kinds.stream().allMatch(kind -> kind == StatementKind.PLAIN || kind == StatementKind.SESSION)
                ? StatementKind.PLAIN
                : StatementKind.ALONE;
    }

    /** Whether a text is one statement that may return rows: {@code SELECT} or an equivalent. */
    static boolean isOneQuery(String sql) {
        List<String> statements = DriverParser.split(sql);
        return statements.size() == 1
                && QUERY_WORDS.matcher(StatementHead.of(statements.get(0))).lookingAt();
    }

    private static StatementKind ofOne(String sql) {
        String head = StatementHead.of(sql);
        if (ALONE_WORDS.matcher(head).lookingAt()) {
            return StatementKind.ALONE;
        }
        if (SESSION_WORDS.matcher(head).lookingAt()
                || LITERAL_SETTING.matcher(head).matches()) {
            return StatementKind.SESSION;
        }
        if (BEGIN_WORDS.matcher(head).lookingAt()) {
            return StatementKind.BEGIN;
        }
        if (COMMIT_WORDS.matcher(head).lookingAt()) {
            return StatementKind.COMMIT;
        }
        if (PREPARE_WORDS.matcher(head).lookingAt()) {
            return StatementKind.PREPARE;
        }
        if (ROLLBACK_WORDS.matcher(head).lookingAt()) {
            return StatementKind.ROLLBACK;
        }
        return SAVEPOINT_WORDS.matcher(head).lookingAt() ? StatementKind.SAVEPOINT : StatementKind.PLAIN;
    }

    /** Whether a statement that ends a transaction begins the next one. */
    static boolean beginsTheNext(String sql) {
        return CHAIN.matcher(StatementHead.of(sql)).find();
    }

    /** Whether one of the statements in a text ends a transaction. */
    static boolean endsATransaction(String sql) {
        return DriverParser.split(sql).stream().map(StatementKinds::ofOne).anyMatch(StatementKind::endsATransaction);
    }

    /** Whether the statement drops something. */
    static boolean isDrop(String sql) {
        return DROP.matcher(StatementHead.of(sql)).lookingAt();
    }
}
