package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.database.SecretReader.Version;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user of a secret. When its password is refused, a rotation may be under way, and is met wherever it is: the
 * secret is read again, in case that it has come to its end since, and then its version to come, in case that the user
 * has that password already and the secret not yet.
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

    // Whatever stands in the way, the refusal of the password is what the person must hear of.
    private Optional<ConnectionDetails> pending(Deadline deadline) {
        try {
            ConnectionDetails pending = read(Version.AWSPENDING, deadline);
            if (pending.equals(login)) {
                return Optional.empty();
            }
            LOG.atInfo()
                    .addKeyValue("event", "secret.pending")
                    .log(
                            "The password of the secret is refused, and a rotation is under way: its version AWSPENDING is tried");
            return Optional.of(pending);
        } catch (MigrationException e) {
            return Optional.empty();
        }
    }

    @Override
    public String advice(DatabaseMessage refusal) {
        return switch (refusals) {
            case 0, 1 -> "The password is that of the secret, and no time was left to read it again";
            case 2 ->
                "The secret was read twice, and its password was refused both times. Give the user the password of the secret, or rotate the secret";
            default ->
                "The secret was read twice, and its password was refused both times, as was that of its version AWSPENDING: a rotation began and did not end. Rotate the secret again, or give the user its password";
        };
    }
}
