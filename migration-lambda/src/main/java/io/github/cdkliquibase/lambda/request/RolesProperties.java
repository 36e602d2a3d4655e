package io.github.cdkliquibase.lambda.request;

import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.IF_ALLOWED;
import static io.github.cdkliquibase.lambda.request.Property.ReadOnDelete.YES;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.Role;
import io.github.cdkliquibase.lambda.roles.RolePurpose;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The properties of the resource that keeps the roles of a database, and which of them go together. */
final class RolesProperties {

    /** What a Delete does, and an Update that no longer names a role. */
    enum OnDelete {
        RETAIN,
        REASSIGN_AND_DROP
    }

    static final PropertySet ALL = new PropertySet(SharedProperties.ALL);

    static final Property<RolesAction> ACTION =
            ALL.declare(Property.withDefault("Action", Words.of(RolesAction.class), RolesAction.RECONCILE, IF_ALLOWED));

    static final Property<List<String>> SCHEMAS =
            ALL.declare(Property.withDefault("Schemas", RolesProperties::schemas, List.of("public"), YES));

    static final Property<PropertyValues> OWNER =
            ALL.declare(Property.required(RolePurpose.OWNER.property(), PropertyValues.GROUP, YES));

    static final Property<Optional<PropertyValues>> APPLICATION =
            ALL.declare(Property.optional(RolePurpose.APPLICATION.property(), PropertyValues.GROUP, YES));

    static final Property<Optional<PropertyValues>> READ_ONLY =
            ALL.declare(Property.optional(RolePurpose.READ_ONLY.property(), PropertyValues.GROUP, YES));

    static final Property<OnDelete> ON_DELETE =
            ALL.declare(Property.withDefault("OnDelete", Words.of(OnDelete.class), OnDelete.RETAIN, IF_ALLOWED));

    /** The properties within that of a role. */
    static final PropertySet ROLE = new PropertySet();

    static final Property<String> ROLE_NAME = ROLE.declare(Property.required("Name", RolesProperties::roleName, YES));

    static final Property<Optional<String>> ROLE_SECRET_ARN =
            ROLE.declare(Property.optional("SecretArn", PropertyTypes.TEXT, YES));

    private RolesProperties() {}

    /**
     * Checks each property by itself.
     *
     * @throws MigrationException for the first one that is wrong
     */
    static void check(PropertyValues values) {
        values.check(ALL);
        groups(values).values().forEach(role -> role.check(ROLE));
    }

    /** Reads which roles there are. */
    static DatabaseRoles roles(PropertyValues values) {
        Map<RolePurpose, Role> roles = new EnumMap<>(RolePurpose.class);
        groups(values).forEach((purpose, group) -> {
            Role role =
                    new Role(group.get(ROLE_NAME), group.get(ROLE_SECRET_ARN).orElse(null));
            roles.forEach((other, named) -> {
                if (named.name().equals(role.name())) {
                    throw new MigrationException("Properties '%s.%s' and '%s.%s' must name two roles, got %s for both"
                            .formatted(
                                    other.property(),
                                    ROLE_NAME.name(),
                                    purpose.property(),
                                    ROLE_NAME.name(),
                                    Text.quote(role.name())));
                }
            });
            roles.put(purpose, role);
        });
        return new DatabaseRoles(roles, values.get(SCHEMAS));
    }

    private static Map<RolePurpose, PropertyValues> groups(PropertyValues values) {
        Map<RolePurpose, PropertyValues> groups = new EnumMap<>(RolePurpose.class);
        groups.put(RolePurpose.OWNER, values.get(OWNER));
        values.get(APPLICATION).ifPresent(role -> groups.put(RolePurpose.APPLICATION, role));
        values.get(READ_ONLY).ifPresent(role -> groups.put(RolePurpose.READ_ONLY, role));
        return groups;
    }

    private static String roleName(String property, Object value) {
        String name = PropertyTypes.IDENTIFIER.read(property, value);
        if (name.startsWith("pg_") || name.startsWith("rds_") || name.equals("rdsadmin")) {
            throw PropertyTypes.wrong(property, name, "a role of your own, and none of PostgreSQL's or RDS's");
        }
        return name;
    }

    private static List<String> schemas(String property, Object value) {
        List<String> schemas = PropertyTypes.IDENTIFIERS.read(property, value);
        schemas.stream()
                .filter(schema -> schema.startsWith("pg_") || schema.equals("information_schema"))
                .findFirst()
                .ifPresent(schema -> {
                    throw PropertyTypes.wrong(property, schema, "schemas of your own, and none of the server's");
                });
        return schemas;
    }
}
