package io.github.cdkliquibase.constructs.migration;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.services.secretsmanager.ISecret;

/**
 * A role of a database that somebody logs in as.
 *
 * @param name as PostgreSQL writes it; another name in a later deploy renames the role
 * @param secret whose password the role logs in with, and whose user name is the role's; null for IAM tokens
 */
public record DatabaseRole(String name, @Nullable ISecret secret) {

    /** PostgreSQL's limit. */
    private static final int MOST_BYTES = 63;

    public DatabaseRole {
        if (name.isBlank() || name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "The name of a role must be 1 to %d bytes long, got '%s'".formatted(MOST_BYTES, name));
        }
    }

    /** A role that logs in with IAM tokens. */
    public static DatabaseRole withIam(String name) {
        return new DatabaseRole(name, null);
    }

    /** A role that logs in with the password in a secret, whose user name must be the same. */
    public static DatabaseRole withSecret(String name, ISecret secret) {
        return new DatabaseRole(name, secret);
    }
}
