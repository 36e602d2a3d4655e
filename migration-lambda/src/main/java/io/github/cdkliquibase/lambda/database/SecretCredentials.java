package io.github.cdkliquibase.lambda.database;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The user of a secret. Read once, and once more when its password is refused: it may have been rotated just then. */
final class SecretCredentials implements CredentialsSource {

    private final String arn;
    private final DatabaseTarget target;
    private final SecretReader secrets;
    private @Nullable Login login;
    private boolean readAgain;

    SecretCredentials(String arn, DatabaseTarget target, SecretReader secrets) {
        this.arn = arn;
        this.target = target;
        this.secrets = secrets;
    }

    @Override
    public Login next(Deadline deadline) {
        if (login == null) {
            login = login(Credentials.parse(arn, secrets.read(arn, deadline)));
        }
        return login;
    }

    private Login login(Credentials secret) {
        return new Login(
                given(target.host(), secret.host(), "host", "Host"),
                target.port() != null ? target.port() : secret.port() != null ? secret.port() : Login.DEFAULT_PORT,
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
    public Optional<Duration> refused() {
        if (readAgain) {
            return Optional.empty();
        }
        readAgain = true;
        login = null;
        return Optional.of(Duration.ZERO);
    }

    @Override
    public String advice(DatabaseMessage refusal) {
        if ("28000".equals(refusal.sqlState())) {
            return "A user with the role 'rds_iam' is let in with a token only: use 'IamUsername', or take the role from it";
        }
        return "The secret was read twice, and its password was refused both times";
    }
}
