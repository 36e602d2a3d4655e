package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.RolesRequest.Action;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.Purpose;
import io.github.cdkliquibase.lambda.roles.Role;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the properties of the roles' resource by name, with their defaults and the rules between them. */
final class RolesReader {

    static final String DROP = "REASSIGN_AND_DROP";

    static final Set<String> KNOWN = Set.of(
            "ServiceToken",
            "ServiceTimeout",
            "DeployedAt",
            "Action",
            "SecretArn",
            "IamUsername",
            "Host",
            "Port",
            "DatabaseName",
            "SslMode",
            "SslRootCert",
            "ConnectTimeout",
            "Schemas",
            "Owner",
            "Application",
            "ReadOnly",
            "OnDelete");

    private final PropertyValues properties;

    RolesReader(PropertyValues properties) {
        this.properties = properties;
    }

    void refuseUnknown() {
        properties.refuseNamesOtherThan(KNOWN);
        for (Purpose purpose : Purpose.values()) {
            String name = purpose.property();
            properties
                    .within(name)
                    .ifPresent(role -> role.refuseNamesOtherThan(Set.of(name + ".Name", name + ".SecretArn")));
        }
    }

    RolesRequest read(Path folder) {
        properties.instant("DeployedAt");
        return new RolesRequest(
                new RequestReader(properties).database(folder),
                action(),
                roles(),
                properties.word("OnDelete", "RETAIN", "RETAIN", DROP).equals(DROP));
    }

    Action action() {
        return Action.valueOf(
                properties.word("Action", Action.RECONCILE.name(), Action.RECONCILE.name(), Action.PROBE.name()));
    }

    DatabaseRoles roles() {
        Map<Purpose, Role> roles = new EnumMap<>(Purpose.class);
        for (Purpose purpose : Purpose.values()) {
            role(purpose).ifPresent(role -> {
                roles.forEach((other, named) -> {
                    if (named.name().equals(role.name())) {
                        throw new IllegalArgumentException(
                                "Properties '%s.Name' and '%s.Name' must name two roles, got %s for both"
                                        .formatted(other.property(), purpose.property(), Text.quote(role.name())));
                    }
                });
                roles.put(purpose, role);
            });
        }
        if (!roles.containsKey(Purpose.OWNER)) {
            throw new IllegalArgumentException("Property 'Owner' must be set");
        }
        List<String> schemas = properties.identifiers("Schemas");
        schemas.stream().filter(RolesReader::isTheServersOwn).findFirst().ifPresent(schema -> {
            throw PropertyValues.wrong("Schemas", schema, "schemas of your own, and none of the server's");
        });
        return new DatabaseRoles(roles, schemas.isEmpty() ? List.of("public") : schemas);
    }

    private Optional<Role> role(Purpose purpose) {
        String property = purpose.property();
        return properties
                .within(property)
                .map(values -> new Role(
                        values.identifier(property + ".Name")
                                .map(name -> ofYourOwn(property + ".Name", name))
                                .orElseThrow(() -> new IllegalArgumentException(
                                        "Property '%s.Name' must be set".formatted(property))),
                        values.text(property + ".SecretArn").orElse(null)));
    }

    private static String ofYourOwn(String property, String name) {
        if (name.startsWith("pg_") || name.startsWith("rds_") || name.equals("rdsadmin")) {
            throw PropertyValues.wrong(property, name, "a role of your own, and none of PostgreSQL's or RDS's");
        }
        return name;
    }

    private static boolean isTheServersOwn(String schema) {
        return schema.startsWith("pg_") || schema.equals("information_schema");
    }
}
