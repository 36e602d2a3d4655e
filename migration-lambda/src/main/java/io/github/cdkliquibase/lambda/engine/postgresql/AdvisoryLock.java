package io.github.cdkliquibase.lambda.engine.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** An advisory lock of PostgreSQL that belongs to the session. */
final class AdvisoryLock {

    private static final String HOLDER = """
            SELECT %s
            FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
            WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.objsubid OPERATOR(pg_catalog.=) 2
              AND a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
              AND l.classid::pg_catalog.int8 OPERATOR(pg_catalog.=) ? AND l.objid::pg_catalog.int8 OPERATOR(pg_catalog.=) ?
            """.formatted(Holder.COLUMNS);

    private final Connection connection;
    private final LockKey key;

    AdvisoryLock(Connection connection, LockKey key) {
        this.connection = connection;
        this.key = key;
    }

    /** Acquires the lock if no other session holds it. Does not wait. */
    boolean tryLock() throws SQLException {
        return answersTrue("SELECT pg_catalog.pg_try_advisory_lock(?, ?)");
    }

    void unlock() throws SQLException {
        answersTrue("SELECT pg_catalog.pg_advisory_unlock(?, ?)");
    }

    private boolean answersTrue(String sql) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setInt(1, key.table());
            query.setInt(2, key.schema());
            try (ResultSet answer = query.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }

    /** The session that holds the lock, as an obstacle to this one. */
    Obstacle holder() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(HOLDER)) {
            query.setLong(1, key.classId());
            query.setLong(2, key.objectId());
            try (ResultSet found = query.executeQuery()) {
                return found.next()
                        ? heldBy(Holder.of(found))
                        : new Obstacle("it was free again a moment later", "Deploy again");
            }
        }
    }

    private static Obstacle heldBy(Holder holder) {
        return new Obstacle(
                holder + " holds it",
                "Wait until that run has ended, or end it with 'SELECT pg_terminate_backend(%d)', and deploy again"
                        .formatted(holder.pid()));
    }
}
