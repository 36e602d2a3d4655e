package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Separates the roles of different resources. The comment on a role names the resource that it belongs to, and another
 * resource must not set its password. Within a stack and a database a resource takes roles over from another one,
 * because a renamed construct looks like this.
 */
final class Claims {

    private final ResourceIdentity resource;
    private final DatabaseRoles wanted;
    private final Optional<DatabaseRoles> before;

    /**
     * The claims of a resource.
     *
     * @param before the roles of its last deploy; empty if there was none
     */
    Claims(ResourceIdentity resource, DatabaseRoles wanted, Optional<DatabaseRoles> before) {
        this.resource = resource;
        this.wanted = wanted;
        this.before = before;
    }

    /**
     * Refuses roles that belong to another resource, and new roles that this resource already has under another name.
     *
     * @throws MigrationException if one is refused; the message names the role, the resource and the next step
     */
    void refuse(Catalog catalog) {
        wanted.roles().forEach((purpose, role) -> {
            refuseOfOthers(catalog, role.name());
            Role former = before.isEmpty() ? null : before.get().role(purpose);
            if (former != null && !catalog.has(role.name())) {
                refuseOfOthers(catalog, former.name());
            }
            if (!catalog.has(role.name())
                    && (former == null || former.name().equals(role.name()) || !catalog.has(former.name()))) {
                refuseRenamed(catalog, purpose, role.name());
            }
        });
    }

    private void refuseOfOthers(Catalog catalog, String role) {
        Optional<Mark> other =
                catalog.role(role).flatMap(Entry::mark).filter(mark -> !isOurs(mark) && !canBeTakenOver(mark, catalog));
        if (other.isPresent()) {
            throw ofOther(role, other.get());
        }
    }

    private static MigrationException ofOther(String role, Mark mark) {
        return new MigrationException(
                "Role %s belongs to resource %s of stack %s (%s), as '%s' of database %s. Only one resource can manage a role, and the databases of a server share their roles: name another role. If that resource is gone, run 'COMMENT ON ROLE %s IS '%s'' and deploy again. Nothing was changed"
                        .formatted(
                                Text.quote(role),
                                Text.quote(mark.resource().logicalId()),
                                Text.quote(mark.resource().stack()),
                                Text.cut(mark.resource().stackKey(), 64),
                                mark.purpose(),
                                Text.quote(mark.database()),
                                Sql.name(role),
                                Mark.OF_NO_RESOURCE));
    }

    private void refuseRenamed(Catalog catalog, RolePurpose purpose, String role) {
        Optional<Entry> former = catalog.roles().values().stream()
                .filter(entry -> !wanted.names(entry.name())
                        && !before.map(each -> each.names(entry.name())).orElse(false))
                .filter(entry -> entry.mark()
                        .filter(mark -> isCreatedFor(mark, purpose, catalog))
                        .isPresent())
                .findFirst();
        if (former.isPresent()) {
            throw renamed(role, former.get().name());
        }
    }

    private boolean isCreatedFor(Mark mark, RolePurpose purpose, Catalog catalog) {
        return isOurs(mark)
                && mark.made()
                && mark.purpose().equals(purpose.property())
                && mark.database().equals(catalog.database());
    }

    private static MigrationException renamed(String role, String former) {
        return new MigrationException(
                "Role %s does not exist, but this resource has %s for the same purpose: a deploy renamed it, and a stack rollback left the new name. Run 'ALTER ROLE %s RENAME TO %s' and deploy again, or 'COMMENT ON ROLE %s IS NULL' if you want two roles. Nothing was changed"
                        .formatted(
                                Text.quote(role),
                                Text.quote(former),
                                Sql.name(former),
                                Sql.name(role),
                                Sql.name(former)));
    }

    private boolean isOurs(Mark mark) {
        return mark.resource().equals(resource);
    }

    private boolean canBeTakenOver(Mark mark, Catalog catalog) {
        return mark.resource().isOfTheSameStack(resource) && mark.database().equals(catalog.database());
    }

    /** The comment on a role that is created. */
    Mark ofNew(RolePurpose purpose, Catalog catalog) {
        return new Mark(true, resource, purpose.property(), catalog.database(), null);
    }

    /** The changes of the comments on the roles. Comments that others wrote stay. */
    List<Change> changes(Catalog catalog) {
        List<Change> changes = new ArrayList<>();
        for (Map.Entry<RolePurpose, Role> each : wanted.roles().entrySet()) {
            Entry entry = catalog.role(each.getValue().name()).orElseThrow();
            boolean isOfAnotherAuthor = entry.mark().isEmpty() && entry.comment() != null && !entry.isMadeHere();
            Mark due = due(entry, each.getKey(), catalog);
            if (!isOfAnotherAuthor && !due.comment().equals(entry.comment())) {
                changes.add(claim(entry.name(), due, each.getKey()));
            }
        }
        return changes;
    }

    private Mark due(Entry entry, RolePurpose purpose, Catalog catalog) {
        return new Mark(
                entry.isMadeHere(),
                resource,
                purpose.property(),
                catalog.database(),
                entry.mark().flatMap(this::takenOverFrom).orElse(null));
    }

    private static Change claim(String role, Mark mark, RolePurpose purpose) {
        return new Change(
                "role.claimed",
                "role %s for this resource".formatted(Text.quote(role)),
                mark.statement(role),
                purpose,
                null,
                true);
    }

    // An Update comes only after the deploy of the Create has ended, when the other resource was deleted. If an Update
    // comes for the resource that had the role before, the deploy was rolled back.
    private Optional<String> takenOverFrom(Mark mark) {
        if (isOurs(mark)) {
            return before.isPresent() ? Optional.empty() : Optional.ofNullable(mark.takenOverFrom());
        }
        return resource.logicalId().equals(mark.takenOverFrom())
                ? Optional.empty()
                : Optional.of(mark.resource().logicalId());
    }
}
