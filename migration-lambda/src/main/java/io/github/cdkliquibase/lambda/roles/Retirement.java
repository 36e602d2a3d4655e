package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Entry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drops roles of a resource that are no longer wanted, and keeps each role that may still be needed. */
final class Retirement {

    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);

    private final Sql sql;
    private final ResourceIdentity resource;

    Retirement(Sql sql, ResourceIdentity resource) {
        this.sql = sql;
        this.resource = resource;
    }

    /**
     * Selects the roles to drop: this project created them for this resource, no other resource has them, and their
     * code gains no rights with a new owner. The others are logged.
     *
     * @param owners those roles whose views may get a new owner, because they own the relations that the views read
     * @param settled whether a role that was taken over from another resource certainly belongs to this one
     */
    List<String> mayBeDropped(Catalog catalog, List<String> roles, List<String> owners, boolean settled)
            throws SQLException {
        List<String> ours = rolesOfThisResource(catalog, roles, settled);
        if (ours.isEmpty()) {
            return ours;
        }
        Map<String, List<String>> code = codeOf(ours, owners);
        code.forEach((role, objects) -> keep(
                role,
                "owns %s%s, which would run with the rights of another role. Review it, and drop it or run 'ALTER … OWNER TO'"
                        .formatted(
                                objects.get(0),
                                objects.size() == 1 ? "" : " and %d more".formatted(objects.size() - 1))));
        return ours.stream().filter(each -> !code.containsKey(each)).toList();
    }

    private List<String> rolesOfThisResource(Catalog catalog, List<String> roles, boolean settled) {
        List<String> ours = new ArrayList<>();
        for (String role : roles) {
            Optional<Entry> entry = catalog.role(role);
            if (entry.isPresent()) {
                String reason = whyNot(entry.get(), settled);
                if (reason.isEmpty()) {
                    ours.add(role);
                } else {
                    keep(role, reason);
                }
            }
        }
        return ours;
    }

    // By role, the objects whose code would run with the rights of the next owner.
    private Map<String, List<String>> codeOf(List<String> roles, List<String> owners) throws SQLException {
        List<String> rolesWithViews =
                roles.stream().filter(each -> !owners.contains(each)).toList();
        return new CodeWithOwnersRights(sql)
                .of(roles, rolesWithViews).stream()
                        .collect(Collectors.groupingBy(
                                Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    private String whyNot(Entry entry, boolean settled) {
        if (!entry.isMadeHere()) {
            return "was not created by this project";
        }
        return entry.mark()
                .map(mark -> whyNot(mark, settled))
                .orElse("was created by an earlier version, which did not note for which resource");
    }

    private String whyNot(Mark mark, boolean settled) {
        if (!mark.resource().equals(resource)) {
            return "belongs to resource %s of stack %s (%s)"
                    .formatted(
                            Text.quote(mark.resource().logicalId()),
                            Text.quote(mark.resource().stack()),
                            Text.cut(mark.resource().stackKey(), 64));
        }
        String former = mark.takenOverFrom();
        return former == null || settled
                ? ""
                : "was taken over from resource %s, which has it again if the stack is rolled back"
                        .formatted(Text.quote(former));
    }

    private static void keep(String role, String reason) {
        LOG.atWarn()
                .addKeyValue("event", "role.kept")
                .log("Role {} {}, and stays", Text.quote(role), Text.cut(reason, 400));
    }

    /**
     * The changes of the comments on the remaining roles after the deletion of this resource.
     *
     * @param dropped the dropped roles
     */
    List<Change> commentsOfRemaining(Catalog catalog, DatabaseRoles roles, List<String> dropped) {
        List<Change> changes = new ArrayList<>();
        roles.roles()
                .forEach((purpose, role) -> catalog.role(role.name())
                        .filter(entry -> !dropped.contains(entry.name()) && catalog.mayCommentOn(entry.name()))
                        .flatMap(Entry::mark)
                        .flatMap(mark -> statement(mark, role.name()))
                        .ifPresent(statement -> changes.add(comment(purpose, role.name(), statement))));
        return changes;
    }

    private static Change comment(RolePurpose purpose, String role, String statement) {
        return new Change(
                "role.claimed",
                "role %s for another resource".formatted(Text.quote(role)),
                statement,
                purpose,
                null,
                true);
    }

    private Optional<String> statement(Mark mark, String role) {
        boolean ours = mark.resource().equals(resource);
        if (ours && mark.takenOverFrom() != null) {
            ResourceIdentity former = new ResourceIdentity(
                    mark.resource().stack(), mark.resource().stackKey(), mark.takenOverFrom());
            return Optional.of(new Mark(mark.made(), former, mark.purpose(), mark.database(), null).statement(role));
        }
        if (ours && !mark.made()) {
            return Optional.of("COMMENT ON ROLE %s IS NULL".formatted(Sql.name(role)));
        }
        // The other resource has taken the role over from this one.
        boolean oursBefore = mark.resource().isOfTheSameStack(resource)
                && resource.logicalId().equals(mark.takenOverFrom());
        return oursBefore ? Optional.of(mark.settled().statement(role)) : Optional.empty();
    }
}
