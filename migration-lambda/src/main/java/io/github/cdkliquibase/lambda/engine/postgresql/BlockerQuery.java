package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.engine.Blocker;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Asks the server which session holds the lock that another session waits for. */
final class BlockerQuery {

    private static final String BLOCKING = """
            SELECT a.pid, a.usename, a.application_name, pg_catalog.host(a.client_addr) AS address, a.state,
              coalesce(a.xact_start, a.state_change, a.backend_start) AS since,
              pg_catalog.strpos(a.query, '(to prevent wraparound)') OPERATOR(pg_catalog.>) 0 AS is_urgent
            FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(?)) b
              JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) b
            ORDER BY a.xact_start LIMIT 1
            """;

    private BlockerQuery() {}

    /**
     * The session that blocks another one.
     *
     * @param pid of the session that waits
     * @return empty if it does not wait for a lock
     */
    static Optional<Blocker> find(int pid, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(BLOCKING)) {
            query.setInt(1, pid);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(describe(row)) : Optional.empty();
            }
        }
    }

    private static Blocker describe(ResultSet row) throws SQLException {
        int blocking = row.getInt("pid");
        Timestamp since = row.getTimestamp("since");
        String when = since == null ? "" : " since " + since.toInstant().truncatedTo(ChronoUnit.SECONDS);
        String user = row.getString("usename");
        // A user without 'pg_read_all_stats' cannot see the type of a process. An autovacuum has no user.
        if (user == null) {
            return autovacuum("An autovacuum of the server (process %d)%s".formatted(blocking, when), row);
        }
        return new Blocker(
                session(blocking, user, when, row),
                "End that session with 'SELECT pg_terminate_backend(%d)', or deploy when the database is less busy"
                        .formatted(blocking));
    }

    private static String session(int blocking, String user, String when, ResultSet row) throws SQLException {
        String address = row.getString("address");
        String state = row.getString("state");
        return "Session %d of user %s, application %s%s%s%s"
                .formatted(
                        blocking,
                        Text.quote(user),
                        Text.quote(String.valueOf(row.getString("application_name"))),
                        address == null ? "" : ", from " + address,
                        state == null ? "" : ", " + state,
                        when);
    }

    // It gives way to a session that has waited for 'deadlock_timeout', unless it prevents a wraparound.
    private static Blocker autovacuum(String who, ResultSet row) throws SQLException {
        return new Blocker(
                who,
                row.getBoolean("is_urgent")
                        ? "It prevents a wraparound of transaction ids and does not give way: deploy again when it has ended"
                        : "It gives way if 'LockTimeout' is longer than the server's 'deadlock_timeout' (1 s by default). Set that, or deploy again when it has ended");
    }
}
