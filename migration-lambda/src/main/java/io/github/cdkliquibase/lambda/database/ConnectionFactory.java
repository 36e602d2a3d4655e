package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to a target, with credentials that are read for each of them. */
public final class ConnectionFactory {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionFactory.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(15);

    private static final Duration GONE_CHECK = Duration.ofSeconds(1);
    private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(15);

    private final SecretReader secrets;

    ConnectionFactory(SecretReader secrets) {
        this.secrets = secrets;
    }

    /** A factory that reads its secrets from AWS Secrets Manager. */
    public static ConnectionFactory withSecretsManager() {
        return new ConnectionFactory(new SecretsManagerReader());
    }

    /** A session for one run, not connected yet. */
    public DatabaseSession newSession() {
        return new DatabaseSession(this);
    }

    /**
     * The user and the password in a secret, of a role that is not the one to connect as.
     *
     * @throws MigrationException if the secret cannot be read, or is not in the RDS form; the reason says why
     */
    public SecretPassword password(String secretArn, Deadline deadline) {
        Credentials credentials = Credentials.parse(secretArn, secrets.read(secretArn, deadline));
        return new SecretPassword(credentials.username(), credentials.password());
    }

    /**
     * Connects. What may pass by itself is tried again, with growing pauses, until the deadline; a refused password is
     * tried once more with the secret read anew, since it may have been rotated just now.
     *
     * @return an open connection, which the caller closes
     * @throws MigrationException if there is no connection by the deadline, or cannot be one; the reason says why
     */
    Connection open(DatabaseTarget target, Deadline deadline) {
        requireAuthorities(target.sslRootCert());
        Endpoint endpoint = endpoint(target, deadline);
        boolean reread = false;
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        for (int attempt = 1; ; attempt++) {
            try {
                Connection connection = connect(endpoint, target, deadline);
                LOG.atInfo()
                        .addKeyValue("event", "database.connected")
                        .addKeyValue("attempt", attempt)
                        .log("Connected");
                return connection;
            } catch (SQLException e) {
                switch (ConnectFailure.of(e)) {
                    case PASSWORD -> {
                        if (reread) {
                            throw refused(endpoint, e);
                        }
                        reread = true;
                        endpoint = endpoint(target, deadline);
                    }
                    case LASTING -> throw refused(endpoint, e);
                    case PASSING -> {
                        Duration pause = backoff.next();
                        LOG.atWarn()
                                .addKeyValue("event", "database.retry")
                                .addKeyValue("attempt", attempt)
                                .addKeyValue("pauseMillis", pause.toMillis())
                                .log("No connection to {} yet: {}", endpoint, said(e));
                        if (!Backoff.sleep(pause, deadline)) {
                            throw unreachable(endpoint, attempt, e);
                        }
                    }
                }
            }
        }
    }

    /** Where to connect, when the secret has filled in what the target leaves open. */
    private record Endpoint(HostName host, int port, String databaseName, Credentials credentials) {

        String url() {
            String name = URLEncoder.encode(databaseName, StandardCharsets.UTF_8);
            return "jdbc:postgresql://" + host.inUrl() + ":" + port + "/" + name;
        }

        @Override
        public String toString() {
            return "database '%s' at %s:%d".formatted(databaseName, host, port);
        }
    }

    private Endpoint endpoint(DatabaseTarget target, Deadline deadline) {
        Credentials credentials = Credentials.parse(target.secretArn(), secrets.read(target.secretArn(), deadline));
        return new Endpoint(
                given(target.host(), credentials.host(), "host", "Host", target),
                target.port() != null ? target.port() : credentials.port() != null ? credentials.port() : 5432,
                given(target.databaseName(), credentials.databaseName(), "dbname", "DatabaseName", target),
                credentials);
    }

    private static <T> T given(
            @Nullable T property, @Nullable T field, String fieldName, String propertyName, DatabaseTarget target) {
        if (property != null) {
            return property;
        }
        if (field != null) {
            return field;
        }
        throw new MigrationException("Neither the property '%s' nor the field '%s' of secret %s is set. Set one of them"
                .formatted(propertyName, fieldName, Text.quote(target.secretArn())));
    }

    private static Connection connect(Endpoint endpoint, DatabaseTarget target, Deadline deadline) throws SQLException {
        long millis = Math.max(1, deadline.leftAtMost(LONGEST_ATTEMPT).toMillis());
        Properties settings = new Properties();
        PGProperty.USER.set(settings, endpoint.credentials().username());
        PGProperty.PASSWORD.set(settings, endpoint.credentials().password());
        PGProperty.APPLICATION_NAME.set(settings, "cdk-liquibase");
        // Whole seconds for the one, fractions for the other, which covers look-up, connection, TLS and password.
        PGProperty.CONNECT_TIMEOUT.set(settings, Long.toString(millis / 1000 + 1));
        PGProperty.LOGIN_TIMEOUT.set(settings, Double.toString(millis / 1000.0));
        PGProperty.TCP_KEEP_ALIVE.set(settings, true);
        PGProperty.SOCKET_FACTORY.set(settings, KeepAliveSockets.class.getName());
        PGProperty.GSS_ENC_MODE.set(settings, "disable");
        // Details of server errors carry rows.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(settings, false);
        PGProperty.SSL_MODE.set(settings, target.sslMode().word());
        if (target.sslMode().verifies()) {
            PGProperty.SSL_FACTORY.set(settings, TrustedAuthorities.class.getName());
            if (target.sslRootCert() != null) {
                PGProperty.SSL_FACTORY_ARG.set(settings, target.sslRootCert().toString());
            }
        }
        Connection connection = new Driver().connect(endpoint.url(), settings);
        if (connection == null) {
            throw new SQLException("The driver did not take its own URL");
        }
        try {
            prepare(connection, deadline);
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
        return connection;
    }

    // What the server shall do without being asked. It ends a statement when the run's time is over (for what the run
    // asks between changesets too; counted from each statement's own start). And it ends the session, with its locks,
    // within seconds when the function is gone, also in the middle of a statement. Settings that this version of the
    // server does not have are left out.
    private static void prepare(Connection connection, Deadline deadline) throws SQLException {
        set(
                connection,
                Map.of(
                        "statement_timeout", Math.clamp(deadline.left().toMillis(), 1, Integer.MAX_VALUE),
                        "tcp_keepalives_idle", KeepAliveSockets.IDLE_SECONDS,
                        "tcp_keepalives_interval", KeepAliveSockets.INTERVAL_SECONDS,
                        "tcp_keepalives_count", KeepAliveSockets.PROBES,
                        "tcp_user_timeout", UNACKNOWLEDGED.toMillis()));
        try {
            set(connection, Map.of("client_connection_check_interval", GONE_CHECK.toMillis()));
        } catch (SQLException e) {
            // invalid_parameter_value: a server on a system that cannot look after its clients.
            if (!"22023".equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private static void set(Connection connection, Map<String, Object> settings) throws SQLException {
        String values = settings.entrySet().stream()
                .map(setting -> "('%s', '%s')".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT set_config(s.name, v.value, false) FROM (VALUES " + values
                    + ") AS v (name, value) JOIN pg_settings s ON s.name = v.name");
        }
    }

    private static void requireAuthorities(@Nullable Path sslRootCert) {
        if (sslRootCert == null) {
            return;
        }
        if (!Files.isRegularFile(sslRootCert)) {
            throw noAuthorities(sslRootCert, "is no file in the changelog folder", null);
        }
        try {
            if (TrustedAuthorities.read(sslRootCert).isEmpty()) {
                throw noAuthorities(sslRootCert, "does not hold PEM certificates", null);
            }
        } catch (IOException | CertificateException e) {
            throw noAuthorities(sslRootCert, "does not hold PEM certificates", e);
        }
    }

    private static MigrationException noAuthorities(Path sslRootCert, String fault, @Nullable Exception cause) {
        String name = Text.quote(String.valueOf(sslRootCert.getFileName()));
        return new MigrationException("Property 'SslRootCert' names %s, which %s".formatted(name, fault), cause);
    }

    private static MigrationException refused(Endpoint endpoint, SQLException failure) {
        String advice = "";
        if (Causes.find(failure, CertificateException.class).isPresent()) {
            advice = ". The server's certificate is not of a trusted authority; name its PEM file in 'SslRootCert'";
        } else if ("28P01".equals(failure.getSQLState())) {
            advice = ". The secret was read twice, and its password was refused both times";
        } else if (said(failure).contains("does not support SSL")) {
            advice = ". Turn TLS on at the server; 'SslMode' 'disable' does without it";
        }
        return new MigrationException(
                "Connecting to %s as %s failed: %s%s"
                        .formatted(endpoint, Text.quote(endpoint.credentials().username()), said(failure), advice),
                failure);
    }

    private static MigrationException unreachable(Endpoint endpoint, int attempts, SQLException failure) {
        return new MigrationException(
                "No connection to %s before the deadline, in %d attempts: %s. Check host and port, the security groups, and that the database is available"
                        .formatted(endpoint, attempts, said(failure)),
                failure);
    }

    private static String said(SQLException failure) {
        String said =
                DatabaseMessage.of(failure).map(DatabaseMessage::withState).orElse("SQLSTATE " + failure.getSQLState());
        Throwable root = Causes.root(failure);
        return root instanceof SQLException
                ? said
                : said + ", " + root.getClass().getSimpleName();
    }
}
