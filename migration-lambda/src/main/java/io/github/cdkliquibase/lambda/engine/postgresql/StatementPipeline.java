package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.StatementFailedException;
import io.github.cdkliquibase.lambda.engine.StatementStep;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Field;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.ResultHandlerBase;
import org.postgresql.core.Tuple;

/**
 * Statements that travel in one round trip, together with the {@code BEGIN} of their transaction. The server executes one after the
 * other and skips those behind a failure. JDBC's batches send the same messages, but tell only in words which statement failed.
 */
final class StatementPipeline {

    private StatementPipeline() {}

    /**
     * Executes statements.
     *
     * @param connection with auto-commit off
     * @param statements each a single one that returns no rows
     * @throws StatementFailedException if one of them fails
     */
    static void execute(Connection connection, List<String> statements) throws SQLException, StatementFailedException {
        QueryExecutor executor = connection.unwrap(BaseConnection.class).getQueryExecutor();
        String text = StatementStep.joined(statements);
        if (!DriverParser.splitsInto(statements, text)) {
            throw new IllegalArgumentException("Together the statements are others than alone");
        }
        Query query = executor.createSimpleQuery(text);
        Count done = new Count();
        try {
            executor.execute(
                    query,
                    null,
                    done,
                    0,
                    0,
                    QueryExecutor.QUERY_ONESHOT | QueryExecutor.QUERY_NO_RESULTS | QueryExecutor.QUERY_NO_METADATA);
        } catch (SQLException e) {
            throw new StatementFailedException(Math.min(done.statements, statements.size() - 1), e);
        } finally {
            query.close();
        }
    }

    /** Counts the statements that the server has executed. */
    private static final class Count extends ResultHandlerBase {

        private int statements;

        @Override
        public void handleCommandStatus(String status, long updateCount, long insertedOid) {
            statements++;
        }

        @Override
        public void handleResultRows(
                Query fromQuery, Field[] fields, List<Tuple> tuples, @Nullable ResultCursor cursor) {
            statements++;
        }

        // The session is one without messages.
        @Override
        public void handleWarning(SQLWarning warning) {}
    }
}
