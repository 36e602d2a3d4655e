package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.engine.LockWatch;
import io.github.cdkliquibase.lambda.engine.RunLock;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.Sessions;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Sessions of PostgreSQL. */
final class PostgresqlSessions implements Sessions {

    private final Failures failures;

    PostgresqlSessions(Failures failures) {
        this.failures = failures;
    }

    @Override
    public RunLock lock(Connection connection, HistoryTables tables, Duration lockTimeout) {
        return new SessionLock(connection, tables, lockTimeout);
    }

    @Override
    public RunSession session(Connection connection, HistoryTables tables) throws SQLException {
        return PostgresqlSession.of(connection, tables);
    }

    @Override
    public StatementBounds bounds(Connection connection, Duration lockTimeout, Deadline deadline) {
        return new PostgresqlBounds(connection, lockTimeout, deadline);
    }

    @Override
    public LockWatch watch(Connection session, LockWatch.Connections connections, Duration lockTimeout)
            throws SQLException {
        return PostgresqlLockWatch.of(session, connections, lockTimeout);
    }

    @Override
    public Optional<DatabaseMessage> loss(Throwable failure, Connection connection) {
        return failures.of(failure)
                .filter(message -> message.kind().passesOnANewConnection())
                .filter(message -> message.kind() == FailureKind.READ_ONLY || !ServerState.isAlive(connection));
    }

    @Override
    public boolean takesWrites(Connection connection) {
        return ServerState.takesWrites(connection);
    }
}
