package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.SessionSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/**
 * The settings of a new session.
 *
 * <p>The server ends each statement at the end of the run's time, including the run's own queries; the time counts from
 * the start of each statement. When the function is gone, the server ends the session with its locks within seconds,
 * even in the middle of a statement. It does not end the session for other reasons: timeouts for idle sessions and long
 * transactions, which a role or a database may have, are turned off, because the run has its own deadline.
 */
final class SessionStart {

    private static final String GONE_CHECK_SETTING = "client_connection_check_interval";
    private static final Duration GONE_CHECK = Duration.ofSeconds(1);
    private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(15);

    /** The driver keeps each message of a statement until the statement has ended. */
    static final String NO_MESSAGES = "error";

    private SessionStart() {}

    /**
     * Sets them. Leaves out settings that this version of the server does not have.
     *
     * @param requireOwnProcess whether to set nothing if the server process of the login is not the one that executes
     *     the statements
     * @return whether they are set
     */
    static boolean set(Connection connection, SessionSettings asked, boolean requireOwnProcess, Deadline deadline)
            throws SQLException {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "statement_timeout",
                milliseconds(deadline.left()),
                "idle_in_transaction_session_timeout",
                0,
                "idle_session_timeout",
                0,
                "transaction_timeout",
                0,
                "tcp_keepalives_idle",
                KeepAliveSockets.IDLE_SECONDS,
                "tcp_keepalives_interval",
                KeepAliveSockets.INTERVAL_SECONDS,
                "tcp_keepalives_count",
                KeepAliveSockets.PROBES,
                "tcp_user_timeout",
                UNACKNOWLEDGED.toMillis()));
        asked.lockTimeout().ifPresent(timeout -> settings.put("lock_timeout", milliseconds(timeout)));
        if (!asked.serverMessages()) {
            settings.put("client_min_messages", NO_MESSAGES);
        }
        String condition = requireOwnProcess ? ofTheLogin(connection) : "";
        settings.put(GONE_CHECK_SETTING, GONE_CHECK.toMillis());
        try {
            return set(connection, settings, condition);
        } catch (SQLException e) {
            // invalid_parameter_value: the server's operating system cannot check for lost clients. Nothing was set.
            if (!"22023".equals(e.getSQLState())) {
                throw e;
            }
        }
        settings.remove(GONE_CHECK_SETTING);
        return set(connection, settings, condition);
    }

    // Part of the same statement, so that nothing is set on a session of a pooler.
    private static String ofTheLogin(Connection connection) throws SQLException {
        return " WHERE pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) "
                + connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static long milliseconds(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    private static boolean set(Connection connection, Map<String, Object> settings, String condition)
            throws SQLException {
        String values = settings.entrySet().stream()
                .map(setting -> "('%s', '%s')".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT pg_catalog.set_config(s.name, v.value, false) FROM (VALUES " + values
                                + ") AS v (name, value) JOIN pg_catalog.pg_settings s ON s.name OPERATOR(pg_catalog.=) v.name"
                                + condition)) {
            return row.next();
        }
    }
}
