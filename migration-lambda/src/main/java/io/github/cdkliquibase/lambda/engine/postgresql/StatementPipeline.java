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
 * other and skips those behind a failure. JDBC's batches send the same messages, but the number of the statement that failed is only
 * in the text of their exception.
 */
final class StatementPipeline {

    private final QueryExecutor executor;
    private final Count done = new Count();

    private StatementPipeline(QueryExecutor executor) {
        this.executor = executor;
    }

    /**
     * Executes statements.
     *
     * @param connection with auto-commit off
     * @param statements each a single one that returns no rows
     * @throws StatementFailedException if one of them fails. If the connection is lost, the answers to statements before it may be
     *     lost too
     */
    static void execute(Connection connection, List<String> statements) throws SQLException, StatementFailedException {
        StatementPipeline pipeline =
                new StatementPipeline(connection.unwrap(BaseConnection.class).getQueryExecutor());
        try {
            pipeline.execute(statements);
        } catch (SQLException e) {
            throw new StatementFailedException(Math.min(pipeline.done.statements, statements.size() - 1), e);
        }
    }

    private void execute(List<String> statements) throws SQLException {
        Query together = executor.createSimpleQuery(StatementStep.joined(statements));
        try {
            Query[] parts = together.getSubqueries();
            if (parts != null && parts.length == statements.size()) {
                send(together);
                return;
            }
        } finally {
            together.close();
        }
        // The settings of the session make the driver split them in another way.
        for (String statement : statements) {
            Query alone = executor.createSimpleQuery(statement);
            try {
                send(alone);
            } finally {
                alone.close();
            }
        }
    }

    // A rule may turn a statement into one that returns rows, so their description is asked for.
    private void send(Query query) throws SQLException {
        executor.execute(query, null, done.next(), 0, 0, QueryExecutor.QUERY_ONESHOT);
    }

    /** Counts the statements that the server has executed. */
    private static final class Count {

        private int statements;

        ResultHandlerBase next() {
            return new ResultHandlerBase() {
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
            };
        }
    }
}
