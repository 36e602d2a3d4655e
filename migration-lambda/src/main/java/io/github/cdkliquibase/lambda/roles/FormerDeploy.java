package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares the roles and schemas of the last deploy with the wanted ones: which are renamed, and which are left out. */
final class FormerDeploy {

    private final DatabaseRoles wanted;
    private final Optional<DatabaseRoles> before;
    private final boolean dropsRemoved;

    /**
     * Creates a comparison.
     *
     * @param before the roles of the last deploy; empty if there was none
     * @param dropsRemoved whether a role that is no longer named is dropped or left as it is
     */
    FormerDeploy(DatabaseRoles wanted, Optional<DatabaseRoles> before, boolean dropsRemoved) {
        this.wanted = wanted;
        this.before = before;
        this.dropsRemoved = dropsRemoved;
    }

    /** The roles of the last deploy; empty if there was none. */
    Optional<DatabaseRoles> roles() {
        return before;
    }

    /**
     * The changes that rename roles. The same role under another name keeps its objects and privileges. If the new name
     * is taken, or the old role has another purpose now, they are two roles.
     */
    List<Change> renames(Catalog catalog) {
        List<Change> renames = new ArrayList<>();
        before.ifPresent(roles -> wanted.roles().forEach((purpose, role) -> {
            Role former = roles.role(purpose);
            if (former != null && isRenamed(former.name(), role.name(), catalog)) {
                renames.add(rename(former.name(), role.name(), purpose));
            }
        }));
        return renames;
    }

    private boolean isRenamed(String former, String name, Catalog catalog) {
        return !former.equals(name) && catalog.has(former) && !catalog.has(name) && !wanted.names(former);
    }

    private static Change rename(String former, String name, RolePurpose purpose) {
        return Change.ofRole(
                "role.renamed",
                "role %s, which was %s".formatted(Text.quote(name), Text.quote(former)),
                "ALTER ROLE %s RENAME TO %s".formatted(Sql.name(former), Sql.name(name)),
                purpose);
    }

    /**
     * The roles whose code must not run with the owner's rights: roles whose objects the owner gets, and roles that are
     * dropped. The former owner could run its code with these rights anyway.
     */
    List<String> writers(Catalog catalog) {
        Set<String> writers = new LinkedHashSet<>(wanted.names());
        if (before.isPresent()) {
            if (dropsRemoved) {
                before.get().names().stream()
                        .filter(name -> catalog.role(name)
                                .filter(Catalog.Entry::isMadeHere)
                                .isPresent())
                        .forEach(writers::add);
            }
            writers.remove(before.get().owner().name());
        }
        writers.remove(wanted.owner().name());
        return List.copyOf(writers);
    }

    /** The owners until now: the administrator, before there was an owner, and the owner of the last deploy. */
    List<String> owners(Catalog catalog) {
        List<String> owners = new ArrayList<>(List.of(catalog.me()));
        before.map(DatabaseRoles::owner)
                .map(Role::name)
                .filter(name -> catalog.has(name) && !wanted.names(name))
                .ifPresent(owners::add);
        return owners;
    }

    /** The roles that are no longer named and are to be dropped; empty if such roles stay. */
    List<String> removed() {
        return before.filter(roles -> dropsRemoved).map(DatabaseRoles::names).orElse(List.of()).stream()
                .filter(name -> !wanted.names(name))
                .toList();
    }

    /** The schemas that are no longer named. Earlier deploys granted privileges there. */
    List<String> leftSchemas() {
        return before.map(DatabaseRoles::schemas).orElse(List.of()).stream()
                .filter(schema -> !wanted.schemas().contains(schema))
                .toList();
    }

    /** The wanted schemas, and then those that are no longer named. */
    List<String> allSchemas() {
        List<String> schemas = new ArrayList<>(wanted.schemas());
        schemas.addAll(leftSchemas());
        return List.copyOf(schemas);
    }
}
