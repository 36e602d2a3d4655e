package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.StatementStep;
import io.github.cdkliquibase.lambda.engine.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Statements in PostgreSQL's SQL. */
final class PostgresqlStatements implements Statements {

    /** Matches a text that may make its transaction read-only. */
    private static final Pattern INDEX_WORK =
            Pattern.compile("(?:create\\s+(?:unique\\s+)?|drop\\s+|re)index\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern READ_ONLY =
            Pattern.compile("\\bread\\s+only\\b|\\btransaction_read_only\\b", Pattern.CASE_INSENSITIVE);

    /** PostgreSQL refuses another isolation level after the first statement, so no record may be written before it. */
    private static final Pattern ISOLATION = Pattern.compile("\\bisolation\\b", Pattern.CASE_INSENSITIVE);

    /** Statements that change no session state, unless they call a function that does. */
    private static final Pattern LEAVES_SESSION_ALONE = Pattern.compile(
            "\\s*(?:CREATE(?!\\s+(?:OR\\s+REPLACE\\s+)?(?:(?:GLOBAL|LOCAL)\\s+)?TEMP)|ALTER|DROP|COMMENT|GRANT|REVOKE|INSERT|UPDATE"
                    + "|DELETE|TRUNCATE|REINDEX|VACUUM|ANALYZE|CLUSTER|MERGE|REFRESH)\\b",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CALLS = Pattern.compile("set_config|advisory|;", Pattern.CASE_INSENSITIVE);

    /** Rows come back, or the driver would read a parameter or an escape of JDBC. */
    private static final Pattern NEEDS_ITS_OWN_MESSAGE =
            Pattern.compile("[?{]|\\breturning\\b", Pattern.CASE_INSENSITIVE);

    /** A quote, a comment or a parenthesis without an end would swallow it. */
    private static final String NEXT = "SELECT 1";

    /** The value depends on the sequences that the session has used. */
    private static final Pattern LAST_VALUE = Pattern.compile("\\blastval\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern CURRENT_VALUE = Pattern.compile("\\bcurrval\\b", Pattern.CASE_INSENSITIVE);

    @Override
    public List<String> split(String sql) {
        return DriverParser.split(sql);
    }

    @Override
    public List<StatementStep> steps(String sql) {
        return TransactionSteps.of(sql);
    }

    @Override
    public StatementKind kindOf(String sql) {
        return StatementKinds.of(sql);
    }

    @Override
    public boolean canBeSentWithOthers(String sql) {
        return leavesSessionAlone(sql)
                && !NEEDS_ITS_OWN_MESSAGE.matcher(sql).find()
                && StatementKinds.of(sql) == StatementKind.PLAIN
                && DriverParser.splitsInto(List.of(sql, NEXT), StatementStep.joined(List.of(sql, NEXT)));
    }

    @Override
    public boolean isOneQuery(String sql) {
        return StatementKinds.isOneQuery(sql);
    }

    @Override
    public boolean endsATransaction(String sql) {
        return StatementKinds.endsATransaction(sql);
    }

    @Override
    public boolean beginsTheNext(String sql) {
        return StatementKinds.beginsTheNext(sql);
    }

    @Override
    public boolean isIndexWork(String sql) {
        return INDEX_WORK.matcher(StatementHead.of(sql)).lookingAt()
                && split(sql).size() == 1;
    }

    @Override
    public boolean isDrop(String sql) {
        return StatementKinds.isDrop(sql);
    }

    @Override
    public boolean mayBecomeReadOnly(String sql) {
        return READ_ONLY.matcher(sql).find() && !ISOLATION.matcher(sql).find() && !endsATransaction(sql);
    }

    @Override
    public boolean leavesSessionAlone(String sql) {
        return LEAVES_SESSION_ALONE.matcher(sql).lookingAt()
                && !CALLS.matcher(sql).find();
    }

    @Override
    public SessionValue sessionValue(String sql) {
        if (LAST_VALUE.matcher(sql).find()) {
            return SessionValue.OF_ANY_SEQUENCE;
        }
        return CURRENT_VALUE.matcher(sql).find() ? SessionValue.OF_A_SEQUENCE : SessionValue.NONE;
    }

    @Override
    public Set<String> customSettings(String sql) {
        return Traces.customSettings(sql);
    }

    @Override
    public Set<String> unlisted(String sql) {
        return Traces.connectsElsewhere(sql) ? Set.of("a connection of dblink") : Set.of();
    }

    @Override
    public boolean touchesDatabase(Connection connection, String sql) throws SQLException {
        return Traces.touchesDatabase(connection, sql);
    }
}
