package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.ConnectionOptions;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.PooledConnectionException;
import io.github.cdkliquibase.lambda.engine.SessionSettings;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to a target, and reads the credentials for each of them. */
public final class ConnectionFactory {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionFactory.class);

    private static final String APPLICATION = "cdk-liquibase";

    private final SecretReader secrets;
    private final TokenSigner tokens;

    ConnectionFactory(SecretReader secrets, TokenSigner tokens) {
        this.secrets = secrets;
        this.tokens = tokens;
    }

    /**
     * Creates a factory that reads secrets from AWS Secrets Manager, and signs tokens as the function's role.
     *
     * @param rehearsal the work of {@link #rehearse()}
     */
    public static ConnectionFactory withSecretsManager(Rehearsal rehearsal) {
        return new ConnectionFactory(new SecretsManagerReader(rehearsal), (host, port, username) -> {
            rehearsal.await();
            return RdsTokenSigner.signFromEnvironment(host, port, username);
        });
    }

    /** Loads the classes with which a secret is read, and calls nothing outside of the process. */
    public static void rehearse() {
        SecretsManagerRehearsal.run();
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
        CertificateFile.require(target.sslRootCert());
        CredentialsSource credentials = credentials(target, engine.connector().defaultPort());
        ConnectRetry retry = new ConnectRetry(credentials, wait, deadline);
        while (true) {
            ConnectionDetails login = credentials.next(deadline);
            if (login.host().isOfAnRdsProxy()) {
                throw pooled(login, "the host is an RDS Proxy");
            }
            try {
                Connection connection = engine.connector()
                        .connect(login, options(target, APPLICATION, settings), retry.end(), deadline);
                logConnected(retry.attempt());
                return new Opened(connection, login);
            } catch (PooledConnectionException e) {
                throw pooled(login, String.valueOf(e.getMessage()));
            } catch (SQLException e) {
                retry.after(new ConnectRefusal(login, e, engine.failures().of(e)));
            }
        }
    }

    private static void logConnected(int attempt) {
        LOG.atInfo()
                .addKeyValue("event", "database.connected")
                .addKeyValue("attempt", attempt)
                .log("Connected");
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
}
