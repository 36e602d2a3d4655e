package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.database.SecretReader.Version;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user of a secret. If the server rejects its password, a rotation may be in progress. So the secret is read again,
 * in case the rotation has finished. Then its pending version is read, in case the user has the new password already
 * but the secret does not.
 */
final class SecretCredentials implements CredentialsSource {

    private static final Logger LOG = LoggerFactory.getLogger(SecretCredentials.class);

    private final String arn;
    private final DatabaseTarget target;
    private final int defaultPort;
    private final SecretReader secrets;
    private @Nullable ConnectionDetails login;
    private int refusals;

    SecretCredentials(String arn, DatabaseTarget target, int defaultPort, SecretReader secrets) {
        this.arn = arn;
        this.target = target;
        this.defaultPort = defaultPort;
        this.secrets = secrets;
    }

    @Override
    public ConnectionDetails next(Deadline deadline) {
        if (login == null) {
            login = read(Version.AWSCURRENT, deadline);
        }
        return login;
    }

    private ConnectionDetails read(Version version, Deadline deadline) {
        Credentials secret = Credentials.parse(arn, secrets.read(arn, version, deadline));
        return new ConnectionDetails(
                given(target.host(), secret.host(), "host", "Host"),
                target.port() != null ? target.port() : secret.port() != null ? secret.port() : defaultPort,
                given(target.databaseName(), secret.databaseName(), "dbname", "DatabaseName"),
                secret.username(),
                secret.password());
    }

    private <T> T given(@Nullable T property, @Nullable T field, String fieldName, String propertyName) {
        if (property != null) {
            return property;
        }
        if (field != null) {
            return field;
        }
        throw new MigrationException("Neither the property '%s' nor the field '%s' of secret %s is set. Set one of them"
                .formatted(propertyName, fieldName, Text.quote(arn)));
    }

    @Override
    public Optional<Duration> refused(Deadline deadline) {
        refusals++;
        return switch (refusals) {
            case 1 -> {
                login = null;
                yield Optional.of(Duration.ZERO);
            }
            case 2 ->
                pending(deadline).map(pending -> {
                    login = pending;
                    return Duration.ZERO;
                });
            default -> Optional.empty();
        };
    }

    // Ignores a failure here: the rejected password is the more important reason.
    private Optional<ConnectionDetails> pending(Deadline deadline) {
        try {
            ConnectionDetails pending = read(Version.AWSPENDING, deadline);
            if (pending.equals(login)) {
                return Optional.empty();
            }
            LOG.atInfo()
                    .addKeyValue("event", "secret.pending")
                    .log(
                            "The server rejected the password of the secret, and a rotation is in progress. The version AWSPENDING of the secret is tried");
            return Optional.of(pending);
        } catch (MigrationException e) {
            return Optional.empty();
        }
    }

    @Override
    public String advice(DatabaseMessage refusal) {
        return switch (refusals) {
            case 0, 1 -> "The password is that of the secret, and no time was left to read the secret again";
            case 2 ->
                "The secret was read twice, and the server rejected its password both times. Set the user's password to that of the secret, or rotate the secret";
            default ->
                "The secret was read twice, and the server rejected its password both times, and also that of its version AWSPENDING: a rotation started and did not finish. Rotate the secret again, or set the user's password to that of the secret";
        };
    }
}
