package io.github.cdkliquibase.constructs.migration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.services.secretsmanager.ISecret;

/**
 * What {@link DatabaseRoles} need to be told: which database, and who its administrator is. All else has a default.
 *
 * <p>Immutable; two builds of one builder share nothing.
 */
public final class DatabaseRolesProps {

    private final ConnectionProps connection;
    private final String databaseName;
    private final DatabaseRole owner;
    private final @Nullable DatabaseRole application;
    private final @Nullable DatabaseRole readOnly;
    private final @Nullable Path sslRootCert;

    private DatabaseRolesProps(ConnectionProps connection, DatabaseRole owner, Builder given) {
        this.connection = connection;
        this.databaseName = given.name();
        this.owner = owner;
        this.application = given.application;
        this.readOnly = given.readOnly;
        this.sslRootCert = given.sslRootCert;
    }

    /** Properties with nothing in them yet. */
    public static Builder builder() {
        return new Builder();
    }

    ConnectionProps connection() {
        return connection;
    }

    String databaseName() {
        return databaseName;
    }

    DatabaseRole owner() {
        return owner;
    }

    Optional<DatabaseRole> application() {
        return Optional.ofNullable(application);
    }

    Optional<DatabaseRole> readOnly() {
        return Optional.ofNullable(readOnly);
    }

    Optional<Path> sslRootCert() {
        return Optional.ofNullable(sslRootCert);
    }

    /** Collects the properties. The user of {@code secret} or {@code iamUsername} is the administrator. */
    public static final class Builder extends ConnectionBuilder<Builder> {

        private @Nullable DatabaseRole owner;
        private @Nullable DatabaseRole application;
        private @Nullable DatabaseRole readOnly;
        private @Nullable Path sslRootCert;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** The role that owns all objects, as which the migration runs. Default: {@code <databaseName>_owner}, by IAM. */
        public Builder owner(DatabaseRole role) {
            owner = role;
            return this;
        }

        /** The role that works with the rows. Default: none. */
        public Builder application(DatabaseRole role) {
            application = role;
            return this;
        }

        /** The role that reads the rows. Default: none. */
        public Builder readOnly(DatabaseRole role) {
            readOnly = role;
            return this;
        }

        /** The schemas that the roles are for; one that is not there is created. Default: {@code public}. */
        public Builder schemas(String... names) {
            if (names.length == 0) {
                throw new IllegalArgumentException("'schemas' must name one schema or more, got nothing");
            }
            for (String name : names) {
                requireIdentifier("schemas", name);
            }
            return property("Schemas", List.of(names));
        }

        /** What becomes of the roles when they leave the stack. Default: they stay. */
        public Builder onDelete(OnRolesDelete what) {
            return property("OnDelete", what.name());
        }

        /**
         * A PEM file with authorities that are trusted too. Default: those of RDS and of Amazon, which come with the
         * function.
         */
        public Builder sslRootCert(Path pem) {
            if (!Files.isRegularFile(pem)) {
                throw new IllegalArgumentException(
                        "'sslRootCert' must be a PEM file, got '%s'".formatted(pem.toAbsolutePath()));
            }
            sslRootCert = pem;
            return property("SslRootCert", String.valueOf(pem.getFileName()));
        }

        /**
         * The properties, checked.
         *
         * @throws IllegalArgumentException if something is missing, contradicts another value or is out of range; the
         *     message names it
         */
        public DatabaseRolesProps build() {
            DatabaseRole ofObjects =
                    Objects.requireNonNullElseGet(owner, () -> DatabaseRole.withIam(name() + "_owner"));
            Map<String, @Nullable DatabaseRole> roles = new LinkedHashMap<>();
            roles.put("Owner", ofObjects);
            roles.put("Application", application);
            roles.put("ReadOnly", readOnly);
            List<String> names = new ArrayList<>();
            roles.forEach((property, role) -> {
                if (role == null) {
                    return;
                }
                if (names.contains(role.name())) {
                    throw new IllegalArgumentException(
                            "Each role must have a name of its own, got '%s' twice".formatted(role.name()));
                }
                names.add(role.name());
                property(property, inTemplate(role));
            });
            return new DatabaseRolesProps(connection(), ofObjects, this);
        }

        private String name() {
            return required(databaseName(), "the database: 'databaseName'");
        }

        private static Map<String, Object> inTemplate(DatabaseRole role) {
            Map<String, Object> values = new TreeMap<>(Map.of("Name", role.name()));
            ISecret secret = role.secret();
            if (secret != null) {
                values.put("SecretArn", secret.getSecretArn());
            }
            return values;
        }
    }
}
