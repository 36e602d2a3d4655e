package io.github.cdkliquibase.lambda.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.json.JsonValues;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A secret in the form that RDS writes: {@code {"username","password","host","port","dbname","engine"}}.
 *
 * @param host null if the secret has none; the same holds for {@code port} and {@code databaseName}
 */
record Credentials(
        String username,
        String password,
        @Nullable HostName host,
        @Nullable Integer port,
        @Nullable String databaseName) {

    /** Accepted values of the field 'engine': those of RDS, and common variants. */
    private static final Set<String> ENGINES = Set.of("postgres", "postgresql", "aurora-postgresql");

    static Credentials parse(String secretArn, String text) {
        Object value;
        try {
            value = JsonValues.parse(text);
        } catch (JsonProcessingException e) {
            // The cause is left out: Jackson's message quotes the text.
            throw new MigrationException("Secret %s is not JSON; it must be an object with 'username' and 'password'"
                    .formatted(Text.quote(secretArn)));
        }
        if (!(value instanceof Map<?, ?> secret)) {
            throw new MigrationException("Secret %s is JSON, but not an object with 'username' and 'password'"
                    .formatted(Text.quote(secretArn)));
        }
        String engine = optional(secret, "engine");
        if (engine != null && !ENGINES.contains(engine)) {
            throw new MigrationException("Secret %s has the engine %s; only PostgreSQL is supported"
                    .formatted(Text.quote(secretArn), Text.quote(engine)));
        }
        return new Credentials(
                required(secretArn, secret, "username"),
                required(secretArn, secret, "password"),
                host(secretArn, secret),
                port(secretArn, secret),
                optional(secret, "dbname"));
    }

    private static String required(String secretArn, Map<?, ?> secret, String field) {
        String value = optional(secret, field);
        if (value == null) {
            throw new MigrationException("Secret %s has no field '%s'; it must have 'username' and 'password'"
                    .formatted(Text.quote(secretArn), field));
        }
        return value;
    }

    private static @Nullable String optional(Map<?, ?> secret, String field) {
        return switch (secret.get(field)) {
            case String text -> text.isEmpty() ? null : text;
            case Number number -> number.toString();
            case Boolean truth -> truth.toString();
            case null, default -> null;
        };
    }

    private static @Nullable HostName host(String secretArn, Map<?, ?> secret) {
        String host = optional(secret, "host");
        if (host == null) {
            return null;
        }
        return HostName.of(host)
                .orElseThrow(
                        () -> new MigrationException("Field 'host' of secret %s must be a host name or an IP address"
                                .formatted(Text.quote(secretArn))));
    }

    private static @Nullable Integer port(String secretArn, Map<?, ?> secret) {
        String port = optional(secret, "port");
        if (port == null) {
            return null;
        }
        if (port.matches("[0-9]{1,5}") && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65_535) {
            return Integer.valueOf(port);
        }
        throw new MigrationException(
                "Field 'port' of secret %s must be a number from 1 to 65535".formatted(Text.quote(secretArn)));
    }

    // Leaves out the password.
    @Override
    public String toString() {
        return "Credentials[username=" + username + ", host=" + host + ", port=" + port + ", databaseName="
                + databaseName + "]";
    }
}
