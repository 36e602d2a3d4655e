package io.github.cdkliquibase.lambda.request;

import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.IF_ALLOWED;
import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.NO;
import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.YES;

import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.engine.SslMode;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The properties that the migration and the roles have in common: CloudFormation's own, and where the database is. */
final class SharedProperties {

    static final PropertySet ALL = new PropertySet();

    static final Property<Optional<Object>> SERVICE_TOKEN =
            ALL.declare(Property.optional(CustomResourceEvent.SERVICE_TOKEN, PropertyTypes.ANY, NO));

    static final Property<Optional<Object>> SERVICE_TIMEOUT =
            ALL.declare(Property.optional("ServiceTimeout", PropertyTypes.ANY, NO));

    static final Property<Optional<Instant>> DEPLOYED_AT =
            ALL.declare(Property.optional(CustomResourceEvent.DEPLOYED_AT, PropertyTypes.INSTANT, NO));

    static final Property<Optional<String>> SECRET_ARN =
            ALL.declare(Property.optional("SecretArn", PropertyTypes.TEXT, YES));

    static final Property<Optional<String>> IAM_USERNAME =
            ALL.declare(Property.optional("IamUsername", PropertyTypes.IDENTIFIER, YES));

    static final Property<Optional<HostName>> HOST = ALL.declare(Property.optional("Host", PropertyTypes.HOST, YES));

    static final Property<Optional<Integer>> PORT = ALL.declare(Property.optional("Port", PropertyTypes.PORT, YES));

    static final Property<Optional<String>> DATABASE_NAME =
            ALL.declare(Property.optional("DatabaseName", PropertyTypes.IDENTIFIER, YES));

    static final Property<SslMode> SSL_MODE = ALL.declare(
            Property.withDefault("SslMode", Words.of(SslMode.class, SslMode::word), SslMode.VERIFY_FULL, YES));

    static final Property<Optional<String>> SSL_ROOT_CERT =
            ALL.declare(Property.optional("SslRootCert", PropertyTypes.RELATIVE_PATH, YES));

    static final Property<Duration> CONNECT_TIMEOUT = ALL.declare(Property.withDefault(
            "ConnectTimeout", PropertyTypes.DURATION, DatabaseTarget.DEFAULT_CONNECT_TIMEOUT, IF_ALLOWED));

    private SharedProperties() {}

    /**
     * Reads where the database is and as whom to connect.
     *
     * @param folder that paths in the properties are relative to
     */
    static DatabaseTarget database(PropertyValues values, Path folder) {
        DatabaseTarget target = new DatabaseTarget(
                authentication(values),
                values.get(HOST).orElse(null),
                values.get(PORT).orElse(null),
                values.get(DATABASE_NAME).orElse(null),
                values.get(SSL_MODE),
                values.get(SSL_ROOT_CERT).map(folder::resolve).orElse(null),
                values.get(CONNECT_TIMEOUT));
        if (target.authentication() instanceof Authentication.IamToken) {
            requireWhatATokenNeeds(target);
        }
        return target;
    }

    private static Authentication authentication(PropertyValues values) {
        Optional<String> secret = values.get(SECRET_ARN);
        Optional<String> user = values.get(IAM_USERNAME);
        if (secret.isPresent() == user.isPresent()) {
            throw new MigrationException("Exactly one of the properties '%s' and '%s' must be set, got %s"
                    .formatted(SECRET_ARN.name(), IAM_USERNAME.name(), secret.isPresent() ? "both" : "neither"));
        }
        return secret.<Authentication>map(Authentication.Secret::new)
                .or(() -> user.map(Authentication.IamToken::new))
                .orElseThrow();
    }

    private static void requireWhatATokenNeeds(DatabaseTarget target) {
        if (target.host() == null || target.databaseName() == null) {
            throw new MigrationException("Property '%s' must be set with '%s': there is no secret that could say it"
                    .formatted(target.host() == null ? HOST.name() : DATABASE_NAME.name(), IAM_USERNAME.name()));
        }
        if (!target.sslMode().verifies()) {
            throw new MigrationException(
                    "Property '%s' must be 'verify-full' or 'verify-ca' with '%s', got '%s': a token is sent in clear text inside of TLS, so another server that is taken for the database could use it. Leave the property out"
                            .formatted(
                                    SSL_MODE.name(),
                                    IAM_USERNAME.name(),
                                    target.sslMode().word()));
        }
    }
}
