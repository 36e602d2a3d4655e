package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.ConnectionOptions;
import io.github.cdkliquibase.lambda.engine.Connector;
import io.github.cdkliquibase.lambda.engine.PooledConnectionException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.ssl.PGjdbcHostnameVerifier;

/** Connects with pgjdbc. */
final class PostgresqlConnector implements Connector {

    private static final int DEFAULT_PORT = 5432;

    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(15);

    /** The oldest version that takes the name of the application with the login, and not in a statement after it. */
    private static final String NAMES_WITH_THE_LOGIN = "9.0";

    /** All methods except the password in clear text. */
    private static final String NOT_IN_CLEAR_TEXT = "!password";

    @Override
    public int defaultPort() {
        return DEFAULT_PORT;
    }

    @Override
    public Connection connect(
            ConnectionDetails to, ConnectionOptions options, Deadline endOfTheAttempt, Deadline deadline)
            throws SQLException {
        Connection connection =
                new Driver().connect(url(to), properties(to, options, endOfTheAttempt.leftAtMost(LONGEST_ATTEMPT)));
        if (connection == null) {
            throw new SQLException("The driver did not accept its own URL");
        }
        try {
            if (!SessionStart.set(connection, options.settings(), !to.host().isOfRds(), deadline)) {
                throw new PooledConnectionException("the server process of the session is not the one of the login");
            }
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
        return connection;
    }

    // The name is encoded, so that it cannot add parameters to the URL. They would override the connection's own
    // settings.
    private static String url(ConnectionDetails to) {
        String name = URLEncoder.encode(to.databaseName(), StandardCharsets.UTF_8);
        return "jdbc:postgresql://" + to.host().inUrl() + ":" + to.port() + "/" + name;
    }

    private static Properties properties(ConnectionDetails to, ConnectionOptions options, Duration longest) {
        long millis = Math.max(1, longest.toMillis());
        Properties settings = new Properties();
        PGProperty.USER.set(settings, to.username());
        PGProperty.PASSWORD.set(settings, to.password());
        PGProperty.APPLICATION_NAME.set(settings, options.application());
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(settings, NAMES_WITH_THE_LOGIN);
        if (options.hasPassword()) {
            PGProperty.REQUIRE_AUTH.set(settings, NOT_IN_CLEAR_TEXT);
        }
        // The first timeout takes whole seconds. The second takes fractions, and covers look-up, connection, TLS and
        // password.
        PGProperty.CONNECT_TIMEOUT.set(settings, Long.toString(millis / 1000 + 1));
        PGProperty.LOGIN_TIMEOUT.set(settings, Double.toString(millis / 1000.0));
        PGProperty.TCP_KEEP_ALIVE.set(settings, true);
        PGProperty.SOCKET_FACTORY.set(settings, KeepAliveSockets.class.getName());
        PGProperty.GSS_ENC_MODE.set(settings, "disable");
        // Details of server errors hold rows.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(settings, false);
        PGProperty.SSL_MODE.set(settings, options.sslMode().word());
        // The driver's default. A file of driver settings on the class path, as in a layer, would win over a default.
        PGProperty.SSL_HOSTNAME_VERIFIER.set(settings, PGjdbcHostnameVerifier.class.getName());
        if (options.sslMode().verifies()) {
            PGProperty.SSL_FACTORY.set(settings, TrustedAuthorities.class.getName());
            options.sslRootCert().ifPresent(file -> PGProperty.SSL_FACTORY_ARG.set(settings, file.toString()));
        }
        return settings;
    }

    @Override
    public void cancel(Connection running) throws SQLException {
        running.unwrap(PGConnection.class).cancelQuery();
    }
}
