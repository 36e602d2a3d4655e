package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Authorities;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.ConnectionOptions;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.PooledConnectionException;
import io.github.cdkliquibase.lambda.engine.SessionSettings;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to a target, and reads the credentials for each of them. */
public final class ConnectionFactory {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionFactory.class);

    private static final String APPLICATION = "cdk-liquibase";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** Near the end of the wait the pauses become shorter. No attempt begins in the last moment. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(200);

    private static final Duration CLOCKS = Duration.ofMillis(20);

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
     * @param engine of the database
     * @param settings of the session
     * @param wait for a database that cannot be reached; never beyond the deadline
     * @param deadline of the run; the session's statements end with it
     * @return an open connection
     * @throws MigrationException if no connection could be opened in that time; the reason says why
     */
    Opened open(Engine engine, DatabaseTarget target, SessionSettings settings, Duration wait, Deadline deadline) {
        requireAuthorities(target.sslRootCert());
        CredentialsSource credentials = credentials(target, engine.connector().defaultPort());
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Waiting waiting = Waiting.from(wait, deadline);
        Refusal telling = null;
        for (int attempt = 1; ; attempt++) {
            ConnectionDetails login = credentials.next(deadline);
            if (login.host().isOfAnRdsProxy()) {
                throw pooled(login, "the host is an RDS Proxy");
            }
            try {
                Connection connection = engine.connector()
                        .connect(login, options(target, APPLICATION, settings), waiting.end(), deadline);
                LOG.atInfo()
                        .addKeyValue("event", "database.connected")
                        .addKeyValue("attempt", attempt)
                        .log("Connected");
                return new Opened(connection, login);
            } catch (PooledConnectionException e) {
                throw pooled(login, String.valueOf(e.getMessage()));
            } catch (SQLException e) {
                Refusal refusal = new Refusal(login, e, engine.failures().of(e));
                if (refusal.kind().isOfCredentials()) {
                    Optional<Duration> pause = credentials.refused(deadline);
                    if (pause.isEmpty() || !tryAgain(refusal, attempt, pause.get(), deadline)) {
                        throw refused(refusal, credentials);
                    }
                    // The server has answered.
                    waiting = Waiting.from(wait, deadline);
                } else if (refusal.kind().passesWhileConnecting()) {
                    // Keep the failure of an earlier attempt: it says more than a last attempt that the end of the
                    // wait cut off.
                    telling = telling != null && waiting.isOver() ? telling : refusal;
                    if (!tryAgain(refusal, attempt, waiting.pause(backoff.next()), waiting.end())) {
                        throw unreachable(telling, attempt, waiting);
                    }
                } else {
                    throw refused(refusal, credentials);
                }
            }
        }
    }

    /** An attempt to connect that failed. */
    private record Refusal(ConnectionDetails login, SQLException failure, Optional<DatabaseMessage> message) {

        FailureKind kind() {
            return message.map(DatabaseMessage::kind).orElse(FailureKind.OTHER);
        }

        String describe() {
            String text = message.map(DatabaseMessage::withState).orElse("SQLSTATE " + failure.getSQLState());
            Throwable root = Causes.root(failure);
            return root instanceof SQLException
                    ? text
                    : text + ", " + root.getClass().getSimpleName();
        }
    }

    private static ConnectionOptions options(DatabaseTarget target, String application, SessionSettings settings) {
        return new ConnectionOptions(
                application,
                target.sslMode(),
                Optional.ofNullable(target.sslRootCert()),
                target.authentication() instanceof Authentication.Secret,
                settings);
    }

    private CredentialsSource credentials(DatabaseTarget target, int defaultPort) {
        return switch (target.authentication()) {
            case Authentication.Secret secret -> new SecretCredentials(secret.arn(), target, defaultPort, secrets);
            case Authentication.IamToken iam -> new IamTokenCredentials(iam.username(), target, defaultPort, tokens);
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
    private static boolean tryAgain(Refusal refusal, int attempt, Duration pause, Deadline deadline) {
        LOG.atWarn()
                .addKeyValue("event", "database.retry")
                .addKeyValue("attempt", attempt)
                .addKeyValue("pauseMillis", pause.toMillis())
                .log("No connection to {} yet: {}", refusal.login().place(), refusal.describe());
        return Backoff.sleep(pause, deadline);
    }

    /**
     * A connection, and the details that opened it.
     *
     * @param connection which the caller closes
     */
    record Opened(Connection connection, ConnectionDetails login) {}

    /**
     * Connects again with the credentials of an earlier connection.
     *
     * @return an open connection, which the caller closes
     * @throws SQLException if the first attempt fails
     */
    static Connection openAside(Engine engine, ConnectionDetails login, DatabaseTarget target, Deadline deadline)
            throws SQLException {
        ConnectionOptions options = options(target, APPLICATION + " watch", SessionSettings.DEFAULT);
        return engine.connector().connect(login, options, deadline, deadline);
    }

    private static MigrationException pooled(ConnectionDetails login, String sign) {
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
            if (Authorities.read(sslRootCert).isEmpty()) {
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

    private static MigrationException refused(Refusal refusal, CredentialsSource credentials) {
        ConnectionDetails login = refusal.login();
        String advice = ConnectAdvice.on(refusal.failure(), refusal.message(), login, credentials)
                .map(each -> ". " + each)
                .orElse("");
        return new MigrationException(
                "Connecting to %s as %s failed: %s%s"
                        .formatted(login.place(), Text.quote(login.username()), refusal.describe(), advice),
                refusal.failure());
    }

    private static MigrationException unreachable(Refusal refusal, int attempts, Waiting waiting) {
        return new MigrationException(
                "No connection to %s within %d s, in %s: %s. Check host and port, the security groups, and that the database is available%s"
                        .formatted(
                                refusal.login().place(),
                                waiting.seconds(),
                                attempts == 1 ? "1 attempt" : attempts + " attempts",
                                refusal.describe(),
                                waiting.isOfTheRun() ? "" : ", or set a longer 'ConnectTimeout'"),
                refusal.failure());
    }
}
