package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The request of a resource of the roles, read from its properties.
 *
 * @param database where to connect, as the user that administers the roles
 * @param dropsRemoved whether a role that is no longer named is dropped
 */
public record RolesRequest(DatabaseTarget database, RolesAction action, DatabaseRoles roles, boolean dropsRemoved) {

    /** The names of all properties that the custom resource knows. */
    public static Set<String> propertyNames() {
        return RolesProperties.ALL.names();
    }

    /**
     * Reads the properties of a Create or an Update.
     *
     * @param properties as CloudFormation sends them: every scalar a text; null or any other shape is refused
     * @param folder that the path of the property {@code SslRootCert} is relative to
     * @throws MigrationException if a property is unknown, missing, contradicts another one, or has a value that
     *     is not allowed; the message names the property, the value and what is allowed
     */
    public static RolesRequest from(@Nullable Object properties, Path folder) {
        PropertyValues values = PropertyValues.of(properties);
        values.refuseUnknown(RolesProperties.ALL);
        SharedProperties.database(values, folder);
        RolesProperties.check(values);
        return read(values, folder);
    }

    /**
     * Reads the roles of the last deploy from the properties that an Update replaces.
     *
     * @return empty also if they have another shape, or are those of a probe, which changes nothing
     */
    public static Optional<DatabaseRoles> before(@Nullable Object oldProperties) {
        return lenient(
                oldProperties,
                values -> values.get(RolesProperties.ACTION) == RolesAction.RECONCILE
                        ? RolesProperties.roles(values)
                        : null);
    }

    /** Reads only the roles; empty if the properties do not name them. */
    public static Optional<DatabaseRoles> named(@Nullable Object properties) {
        return lenient(properties, RolesProperties::roles);
    }

    /**
     * Reads the properties of a Delete that has to reach the database, as strictly as those of a deploy: what a deploy was
     * refused for has made no roles.
     *
     * @return empty if no deploy can have had these properties
     */
    public static Optional<RolesRequest> forDelete(@Nullable Object properties, Path folder) {
        return lenient(properties, values -> read(values, folder));
    }

    private static <T> Optional<T> lenient(@Nullable Object properties, Function<PropertyValues, @Nullable T> reading) {
        try {
            return Optional.ofNullable(reading.apply(PropertyValues.of(properties)));
        } catch (MigrationException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a Delete drops the roles. With any other word or shape, and for a resource that only probes, the database
     * is not touched.
     */
    public static boolean dropsOnDelete(@Nullable Object properties) {
        try {
            PropertyValues values = PropertyValues.ofDelete(properties);
            return values.get(RolesProperties.ON_DELETE) == RolesProperties.OnDelete.REASSIGN_AND_DROP
                    && values.get(RolesProperties.ACTION) != RolesAction.PROBE;
        } catch (MigrationException e) {
            return false;
        }
    }

    /**
     * Reads what a deploy or a Delete asks for.
     *
     * @param folder that paths in the properties are relative to
     */
    private static RolesRequest read(PropertyValues values, Path folder) {
        // Also a Delete reads the stamp: no deploy can have had a wrong one.
        values.get(SharedProperties.DEPLOYED_AT);
        return new RolesRequest(
                SharedProperties.database(values, folder),
                values.get(RolesProperties.ACTION),
                RolesProperties.roles(values),
                values.get(RolesProperties.ON_DELETE) == RolesProperties.OnDelete.REASSIGN_AND_DROP);
    }
}
