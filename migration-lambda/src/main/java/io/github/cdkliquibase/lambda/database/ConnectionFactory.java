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
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ssl.PGjdbcHostnameVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to a target, and reads the credentials for each of them. */
public final class ConnectionFactory {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionFactory.class);

    private static final String APPLICATION = "cdk-liquibase";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(15);

    /** Near the end of the wait the pauses become shorter. No attempt begins in the last moment. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(200);

    private static final Duration CLOCKS = Duration.ofMillis(20);

    /** The oldest version that takes the name of the application with the login, and not in a statement after it. */
    private static final String NAMES_WITH_THE_LOGIN = "9.0";

    /** All methods except the password in clear text. */
    private static final String NOT_IN_CLEAR_TEXT = "!password";

    private final SecretReader secrets;
    private final TokenSigner tokens;

    ConnectionFactory(SecretReader secrets, TokenSigner tokens) {
        this.secrets = secrets;
        this.tokens = tokens;
    }

    /** Creates a factory that reads secrets from AWS Secrets Manager, and signs tokens as the function's role. */
    public static ConnectionFactory withSecretsManager() {
        return new ConnectionFactory(new SecretsManagerReader(), RdsTokenSigner::signFromEnvironment);
    }

    /** Creates a session for one run. It is not connected yet. */
    public DatabaseSession newSession() {
        return new DatabaseSession(this);
    }

    /**
     * Reads the user and the password of another role from a secret.
     *
     * @throws MigrationException if the secret cannot be read, or is not in the RDS form; the reason says why
     */
    public SecretPassword password(String secretArn, Deadline deadline) {
        Credentials credentials =
                Credentials.parse(secretArn, secrets.read(secretArn, SecretReader.Version.AWSCURRENT, deadline));
        return new SecretPassword(credentials.username(), credentials.password());
    }

    /**
     * Connects. Failures that may pass by themselves are retried with growing pauses until the wait ends; refused
     * credentials are retried as often as their source says.
     *
     * @param settings of the session
     * @param wait for a database that cannot be reached; never beyond the deadline
     * @param deadline of the run; the session's statements end with it
     * @return an open connection
     * @throws MigrationException if no connection could be opened in that time; the reason says why
     */
    Opened open(DatabaseTarget target, SessionSettings settings, Duration wait, Deadline deadline) {
        requireAuthorities(target.sslRootCert());
        CredentialsSource credentials = credentials(target);
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Waiting waiting = Waiting.from(wait, deadline);
        SQLException telling = null;
        for (int attempt = 1; ; attempt++) {
            Login login = credentials.next(deadline);
            if (login.host().isOfAnRdsProxy()) {
                throw pooled(login, "the host is an RDS Proxy");
            }
            try {
                Connection connection = connect(login, target, APPLICATION, settings, waiting.end(), deadline);
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
                        // The server has answered.
                        waiting = Waiting.from(wait, deadline);
                    }
                    case LASTING -> throw refused(login, e, credentials);
                    case PASSING -> {
                        // Keep the failure of an earlier attempt: it says more than a last attempt that the end of the
                        // wait cut off.
                        telling = telling != null && waiting.isOver() ? telling : e;
                        if (!tryAgain(login, attempt, waiting.pause(backoff.next()), e, waiting.end())) {
                            throw unreachable(login, attempt, telling, waiting);
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

    /**
     * The wait for a database that cannot be reached.
     *
     * @param started in nanoseconds of the JVM's clock
     * @param isOfTheRun whether it ends with the run
     */
    private record Waiting(long started, Deadline end, boolean isOfTheRun) {

        static Waiting from(Duration wait, Deadline deadline) {
            Duration left = deadline.leftAtMost(wait);
            return new Waiting(System.nanoTime(), Deadline.in(left), left.compareTo(wait) < 0);
        }

        // Also finds a database that comes up shortly before the end.
        Duration pause(Duration next) {
            Duration left = end.left();
            return left.compareTo(LAST_MOMENT) < 0 ? left : min(next, left.dividedBy(2));
        }

        private static Duration min(Duration one, Duration other) {
            return one.compareTo(other) < 0 ? one : other;
        }

        // The driver's timer and this clock differ by some milliseconds.
        boolean isOver() {
            return end.left().compareTo(CLOCKS) < 0;
        }

        long seconds() {
            return Math.max(1, Math.round((System.nanoTime() - started) / 1e9));
        }
    }

    // Returns false if the deadline leaves no time for another attempt.
    private static boolean tryAgain(Login login, int attempt, Duration pause, SQLException failure, Deadline deadline) {
        LOG.atWarn()
                .addKeyValue("event", "database.retry")
                .addKeyValue("attempt", attempt)
                .addKeyValue("pauseMillis", pause.toMillis())
                .log("No connection to {} yet: {}", login.place(), said(failure));
        return Backoff.sleep(pause, deadline);
    }

    /**
     * A connection, and the details that opened it.
     *
     * @param connection which the caller closes
     */
    record Opened(Connection connection, Login login) {}

    /**
     * Connects again with the credentials of an earlier connection.
     *
     * @return an open connection, which the caller closes
     * @throws SQLException if the first attempt fails
     */
    static Connection openAside(Login login, DatabaseTarget target, Deadline deadline) throws SQLException {
        return connect(login, target, APPLICATION + " watch", SessionSettings.DEFAULT, deadline, deadline);
    }

    private static Connection connect(
            Login login,
            DatabaseTarget target,
            String application,
            SessionSettings asked,
            Deadline endOfTheAttempt,
            Deadline deadline)
            throws SQLException {
        long millis = Math.max(1, endOfTheAttempt.leftAtMost(LONGEST_ATTEMPT).toMillis());
        Properties settings = new Properties();
        PGProperty.USER.set(settings, login.username());
        PGProperty.PASSWORD.set(settings, login.password());
        PGProperty.APPLICATION_NAME.set(settings, application);
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(settings, NAMES_WITH_THE_LOGIN);
        if (target.authentication() instanceof Authentication.Secret) {
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
        PGProperty.SSL_MODE.set(settings, target.sslMode().word());
        // Sets the default explicitly: a file of driver settings on the class path, such as in a layer, would override
        // a default.
        PGProperty.SSL_HOSTNAME_VERIFIER.set(settings, PGjdbcHostnameVerifier.class.getName());
        if (target.sslMode().verifies()) {
            PGProperty.SSL_FACTORY.set(settings, TrustedAuthorities.class.getName());
            if (target.sslRootCert() != null) {
                PGProperty.SSL_FACTORY_ARG.set(settings, target.sslRootCert().toString());
            }
        }
        Connection connection = new Driver().connect(login.url(), settings);
        if (connection == null) {
            throw new SQLException("The driver did not accept its own URL");
        }
        try {
            if (!SessionStart.set(connection, asked, !login.host().isOfRds(), deadline)) {
                throw pooled(login, "the server process of the session is not the one of the login");
            }
        } catch (SQLException | MigrationException e) {
            try (connection) {
                throw e;
            }
        }
        return connection;
    }

    private static MigrationException pooled(Login login, String sign) {
        return new MigrationException(
                "Connecting to %s as %s failed: a connection pooler, such as PgBouncer or RDS Proxy, is between the function and the server (%s). The lock and the settings of a run would stay in sessions that other clients use. Set 'Host' and 'Port' to those of the server itself, such as the cluster's own writer endpoint"
                        .formatted(login.place(), Text.quote(login.username()), sign));
    }

    private static void requireAuthorities(@Nullable Path sslRootCert) {
        if (sslRootCert == null) {
            return;
        }
        if (!Files.isRegularFile(sslRootCert)) {
            throw noAuthorities(sslRootCert, "is not a file in the changelog folder", null);
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
        String advice = ConnectAdvice.on(failure, login, credentials)
                .map(each -> ". " + each)
                .orElse("");
        return new MigrationException(
                "Connecting to %s as %s failed: %s%s"
                        .formatted(login.place(), Text.quote(login.username()), said(failure), advice),
                failure);
    }

    private static MigrationException unreachable(Login login, int attempts, SQLException failure, Waiting waiting) {
        return new MigrationException(
                "No connection to %s within %d s, in %s: %s. Check host and port, the security groups, and that the database is available%s"
                        .formatted(
                                login.place(),
                                waiting.seconds(),
                                attempts == 1 ? "1 attempt" : attempts + " attempts",
                                said(failure),
                                waiting.isOfTheRun() ? "" : ", or set a longer 'ConnectTimeout'"),
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
