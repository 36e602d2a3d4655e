package io.github.cdkliquibase.lambda.roles;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The roles of a database and the schemas that they are for.
 *
 * @param roles at least an owner; no two of the same name
 * @param schemas at least one, each once
 */
public record DatabaseRoles(Map<RolePurpose, Role> roles, List<String> schemas) {

    public DatabaseRoles {
        roles = new EnumMap<>(roles);
        schemas = List.copyOf(schemas);
    }

    Role owner() {
        return Objects.requireNonNull(roles.get(RolePurpose.OWNER), "owner");
    }

    @Nullable Role role(RolePurpose purpose) {
        return roles.get(purpose);
    }

    List<String> names() {
        return roles.values().stream().map(Role::name).toList();
    }

    boolean names(String name) {
        return names().contains(name);
    }

    /** The purpose of a role; null if it is none of these roles. */
    @Nullable RolePurpose purposeOf(String name) {
        return roles.entrySet().stream()
                .filter(each -> each.getValue().name().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
