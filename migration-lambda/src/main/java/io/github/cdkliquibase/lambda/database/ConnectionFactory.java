package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ssl.PGjdbcHostnameVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to a target, with credentials that are read for each of them. */
public final class ConnectionFactory {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionFactory.class);

    private static final String APPLICATION = "cdk-liquibase";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(15);

    private static final Duration GONE_CHECK = Duration.ofSeconds(1);
    private static final Duration UNACKNOWLEDGED = Duration.ofSeconds(15);

    private final SecretReader secrets;
    private final TokenSigner tokens;

    ConnectionFactory(SecretReader secrets, TokenSigner tokens) {
        this.secrets = secrets;
        this.tokens = tokens;
    }

    /** A factory that reads its secrets from AWS Secrets Manager, and signs its tokens as the function's role. */
    public static ConnectionFactory withSecretsManager() {
        return new ConnectionFactory(new SecretsManagerReader(), RdsTokenSigner::signFromEnvironment);
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
        Credentials credentials =
                Credentials.parse(secretArn, secrets.read(secretArn, SecretReader.Version.AWSCURRENT, deadline));
        return new SecretPassword(credentials.username(), credentials.password());
    }

    /**
     * Connects. What may pass by itself is tried again, with growing pauses, until the deadline; refused credentials are,
     * as often as their source says.
     *
     * @param lockTimeout how long a statement waits for a lock; empty for the server's default
     * @return an open connection
     * @throws MigrationException if there is no connection by the deadline, or cannot be one; the reason says why
     */
    Opened open(DatabaseTarget target, Optional<Duration> lockTimeout, Deadline deadline) {
        requireAuthorities(target.sslRootCert());
        CredentialsSource credentials = credentials(target);
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        for (int attempt = 1; ; attempt++) {
            Login login = credentials.next(deadline);
            try {
                Connection connection = connect(login, target, APPLICATION, lockTimeout, deadline);
                LOG.atInfo()
                        .addKeyValue("event", "database.connected")
                        .addKeyValue("attempt", attempt)
                        .log("Connected");
                return new Opened(connection, login);
            } catch (SQLException e) {
                switch (ConnectFailure.of(e)) {
                    case CREDENTIALS -> {
                        Optional<Duration> pause = credentials.refused(deadline);
                        if (pause.isEmpty() || !tryAgain(login, attempt, pause.get(), e, deadline)) {
                            throw refused(login, e, credentials);
                        }
                    }
                    case LASTING -> throw refused(login, e, credentials);
                    case PASSING -> {
                        if (!tryAgain(login, attempt, backoff.next(), e, deadline)) {
                            throw unreachable(login, attempt, e);
                        }
                    }
                }
            }
        }
    }

    private CredentialsSource credentials(DatabaseTarget target) {
        return switch (target.authentication()) {
            case Authentication.Secret secret -> new SecretCredentials(secret.arn(), target, secrets);
            case Authentication.IamToken iam -> new IamTokenCredentials(iam.username(), target, tokens);
        };
    }

    // False if the deadline leaves no time for another attempt.
    private static boolean tryAgain(Login login, int attempt, Duration pause, SQLException failure, Deadline deadline) {
        LOG.atWarn()
                .addKeyValue("event", "database.retry")
                .addKeyValue("attempt", attempt)
                .addKeyValue("pauseMillis", pause.toMillis())
                .log("No connection to {} yet: {}", login.place(), said(failure));
        return Backoff.sleep(pause, deadline);
    }

    /**
     * A connection, and the way that led to it.
     *
     * @param connection which the caller closes
     */
    record Opened(Connection connection, Login login) {}

    /**
     * Connects once more, with the credentials of an earlier connection.
     *
     * @return an open connection, which the caller closes
     * @throws SQLException if that does not work at once
     */
    static Connection openAside(Login login, DatabaseTarget target, Deadline deadline) throws SQLException {
        return connect(login, target, APPLICATION + " watch", Optional.empty(), deadline);
    }

    private static Connection connect(
            Login login, DatabaseTarget target, String application, Optional<Duration> lockTimeout, Deadline deadline)
            throws SQLException {
        long millis = Math.max(1, deadline.leftAtMost(LONGEST_ATTEMPT).toMillis());
        Properties settings = new Properties();
        PGProperty.USER.set(settings, login.username());
        PGProperty.PASSWORD.set(settings, login.password());
        PGProperty.APPLICATION_NAME.set(settings, application);
        // Whole seconds for the one, fractions for the other, which covers look-up, connection, TLS and password.
        PGProperty.CONNECT_TIMEOUT.set(settings, Long.toString(millis / 1000 + 1));
        PGProperty.LOGIN_TIMEOUT.set(settings, Double.toString(millis / 1000.0));
        PGProperty.TCP_KEEP_ALIVE.set(settings, true);
        PGProperty.SOCKET_FACTORY.set(settings, KeepAliveSockets.class.getName());
        PGProperty.GSS_ENC_MODE.set(settings, "disable");
        // Details of server errors carry rows.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(settings, false);
        PGProperty.SSL_MODE.set(settings, target.sslMode().word());
        // Its default, said aloud: a file of driver settings on the class path, as in a layer, would win over a
        // default.
        PGProperty.SSL_HOSTNAME_VERIFIER.set(settings, PGjdbcHostnameVerifier.class.getName());
        if (target.sslMode().verifies()) {
            PGProperty.SSL_FACTORY.set(settings, TrustedAuthorities.class.getName());
            if (target.sslRootCert() != null) {
                PGProperty.SSL_FACTORY_ARG.set(settings, target.sslRootCert().toString());
            }
        }
        Connection connection = new Driver().connect(login.url(), settings);
        if (connection == null) {
            throw new SQLException("The driver did not take its own URL");
        }
        try {
            prepare(connection, lockTimeout, deadline);
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
    private static void prepare(Connection connection, Optional<Duration> lockTimeout, Deadline deadline)
            throws SQLException {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "statement_timeout", milliseconds(deadline.left()),
                "tcp_keepalives_idle", KeepAliveSockets.IDLE_SECONDS,
                "tcp_keepalives_interval", KeepAliveSockets.INTERVAL_SECONDS,
                "tcp_keepalives_count", KeepAliveSockets.PROBES,
                "tcp_user_timeout", UNACKNOWLEDGED.toMillis()));
        lockTimeout.ifPresent(timeout -> settings.put("lock_timeout", milliseconds(timeout)));
        set(connection, settings);
        try {
            set(connection, Map.of("client_connection_check_interval", GONE_CHECK.toMillis()));
        } catch (SQLException e) {
            // invalid_parameter_value: a server on a system that cannot look after its clients.
            if (!"22023".equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private static long milliseconds(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    private static void set(Connection connection, Map<String, Object> settings) throws SQLException {
        String values = settings.entrySet().stream()
                .map(setting -> "('%s', '%s')".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_catalog.set_config(s.name, v.value, false) FROM (VALUES " + values
                    + ") AS v (name, value) JOIN pg_catalog.pg_settings s ON s.name OPERATOR(pg_catalog.=) v.name");
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

    private static MigrationException refused(Login login, SQLException failure, CredentialsSource credentials) {
        String advice = advice(failure, credentials).map(each -> ". " + each).orElse("");
        return new MigrationException(
                "Connecting to %s as %s failed: %s%s"
                        .formatted(login.place(), Text.quote(login.username()), said(failure), advice),
                failure);
    }

    private static Optional<String> advice(SQLException failure, CredentialsSource credentials) {
        if (ConnectFailure.of(failure) == ConnectFailure.CREDENTIALS) {
            return DatabaseMessage.of(failure).map(credentials::advice);
        }
        if (Causes.find(failure, CertificateExpiredException.class).isPresent()
                || Causes.find(failure, CertificateNotYetValidException.class).isPresent()) {
            return Optional.of("The server's certificate, or one above it, has expired or is not valid yet: renew it");
        }
        if (Causes.find(failure, CertificateException.class).isPresent()) {
            return Optional.of(
                    "The server's certificate is not of a trusted authority; name its PEM file in 'SslRootCert'");
        }
        if (said(failure).contains("could not be verified by hostnameverifier")) {
            return Optional.of(
                    "The server's certificate is for another name: 'Host' must be the name that it is for, such as the cluster's own endpoint");
        }
        if ("3D000".equals(failure.getSQLState())) {
            return Optional.of("Create the database, or correct 'DatabaseName' or the field 'dbname' of the secret");
        }
        return said(failure).contains("does not support SSL")
                ? Optional.of("Turn TLS on at the server; 'SslMode' 'disable' does without it")
                : Optional.empty();
    }

    private static MigrationException unreachable(Login login, int attempts, SQLException failure) {
        return new MigrationException(
                "No connection to %s before the deadline, in %d attempts: %s. Check host and port, the security groups, and that the database is available"
                        .formatted(login.place(), attempts, said(failure)),
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
