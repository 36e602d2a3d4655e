package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Entry;
import io.github.cdkliquibase.lambda.roles.Catalog.Membership;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds memberships that give the application or the read-only role too much power. */
final class Power {

    /** Roles of PostgreSQL and of RDS that only read settings and statistics, or say how to log in. */
    private static final Set<String> HARMLESS = Set.of(
            "pg_monitor",
            "pg_read_all_settings",
            "pg_read_all_stats",
            "pg_stat_scan_tables",
            "pg_use_reserved_connections",
            "rds_ad",
            Catalog.IAM);

    private final Catalog catalog;
    private final DatabaseRoles wanted;

    Power(Catalog catalog, DatabaseRoles wanted) {
        this.catalog = catalog;
        this.wanted = wanted;
    }

    /**
     * Refuses a membership that others have granted for their own reasons, because this project must not revoke it.
     *
     * @throws MigrationException if one is refused; the message names the path and the statement that ends it
     */
    void refuse() {
        // This run revokes the others.
        Predicate<Membership> stays = each -> !ForbiddenMemberships.isForbidden(each, wanted, catalog.me());
        wanted.roles().forEach((purpose, role) -> {
            for (List<String> path : paths(purpose, role.name(), stays)) {
                throw new MigrationException("%s. Run '%s' and deploy again. Nothing was changed"
                        .formatted(fault(path), MembershipPaths.revokeFirst(path)));
            }
        });
    }

    /** The faults of a role's memberships, in words. */
    List<String> faults(RolePurpose purpose, String role) {
        return paths(purpose, role, each -> true).stream()
                .map(path -> "%s. Run '%s'".formatted(fault(path), MembershipPaths.revokeFirst(path)))
                .toList();
    }

    private String fault(List<String> path) {
        String role = path.get(path.size() - 1);
        return "Role %s is a member of %s%s%s"
                .formatted(
                        Text.quote(path.get(0)),
                        Text.quote(role),
                        role.equals(wanted.owner().name())
                                ? ", so it can do everything that the owner can"
                                : ", which may do more than a role of its kind",
                        path.size() == 2 ? "" : " (%s)".formatted(MembershipPaths.shown(path)));
    }

    // The search ends at the first role with power.
    private List<List<String>> paths(RolePurpose purpose, String role, Predicate<Membership> counts) {
        if (purpose == RolePurpose.OWNER) {
            return List.of();
        }
        List<List<String>> found = new MembershipPaths(
                        catalog,
                        each -> each.isUsableOrCanBeMadeSo()
                                && counts.test(each)
                                && (each.member().equals(role) || !isPower(purpose, each.member())))
                .from(role).values().stream()
                        .filter(path -> path.size() > 1 && isPower(purpose, path.get(path.size() - 1)))
                        .toList();
        return found;
    }

    private boolean isPower(RolePurpose purpose, String role) {
        if (role.equals(catalog.me()) || role.equals(wanted.owner().name())) {
            return true;
        }
        RolePurpose other = wanted.purposeOf(role);
        if (other != null) {
            return purpose == RolePurpose.READ_ONLY && other == RolePurpose.APPLICATION;
        }
        boolean ofTheServer = role.startsWith("pg_") || role.startsWith("rds_") || role.equals("rdsadmin");
        return (ofTheServer && !HARMLESS.contains(role))
                || catalog.role(role).map(Entry::isMoreThanARole).orElse(false);
    }
}
