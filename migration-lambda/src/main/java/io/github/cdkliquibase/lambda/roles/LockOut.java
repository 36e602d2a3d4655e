package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Membership;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The guard against taking somebody's password away.
 *
 * <p>RDS lets whoever is a member of {@code rds_iam}, directly or through other roles, in with a token only: its
 * {@code pg_hba.conf} asks for {@code +rds_iam} before it asks for passwords.
 */
final class LockOut {

    private final Catalog catalog;
    private final DatabaseRoles wanted;

    LockOut(Catalog catalog, DatabaseRoles wanted) {
        this.catalog = catalog;
        this.wanted = wanted;
    }

    /**
     * Refuses roles whose creation would lock somebody out.
     *
     * @throws MigrationException that says whom, through which roles, and what to do
     */
    void refuse() {
        for (Role role : wanted.roles().values()) {
            if (role.hasSecret()) {
                refuseTokensFor(role);
            } else {
                refuseMembersWithPasswords(role);
            }
        }
    }

    private void refuseMembersWithPasswords(Role role) {
        if (!catalog.has(Catalog.IAM)) {
            throw new MigrationException(
                    "Role %s has no secret, so it needs the role 'rds_iam', which this server does not have: RDS and Aurora have it. Give the role a secret"
                            .formatted(Text.quote(role.name())));
        }
        for (String member : catalog.roles().keySet()) {
            if (wanted.names(member) || !catalog.roles().get(member).logsIn() || reaches(member, Catalog.IAM)) {
                continue;
            }
            path(member, role.name()).ifPresent(path -> {
                throw new MigrationException(
                        "Role %s is to log in by IAM, but %s is a member of it (%s): RDS takes no password from a member of 'rds_iam', so %s could not log in any more. Run '%s', or give %s a secret. Nothing was changed"
                                .formatted(
                                        Text.quote(role.name()),
                                        Text.quote(member),
                                        shown(path),
                                        Text.quote(member),
                                        revoke(path),
                                        Text.quote(role.name())));
            });
        }
    }

    private void refuseTokensFor(Role role) {
        wanted.roles().values().stream()
                .filter(other -> !other.hasSecret())
                .forEach(other -> path(role.name(), other.name()).ifPresent(path -> {
                    throw new MigrationException(
                            "Role %s has a secret, but is a member of %s (%s), which is to log in by IAM: RDS would not take its password. Run '%s', or leave the secret out. Nothing was changed"
                                    .formatted(
                                            Text.quote(role.name()),
                                            Text.quote(other.name()),
                                            shown(path),
                                            revoke(path)));
                }));
        // Its own membership is taken away, not refused.
        path(role.name(), Catalog.IAM).filter(path -> path.size() > 2).ifPresent(path -> {
            throw new MigrationException(
                    "Role %s has a secret, but is a member of 'rds_iam' (%s): RDS would not take its password. Run '%s', or leave the secret out. Nothing was changed"
                            .formatted(Text.quote(role.name()), shown(path), revoke(path)));
        });
    }

    private boolean reaches(String member, String role) {
        return path(member, role).isPresent();
    }

    // The shortest way from a member to a role. Memberships between our own roles end in this very run.
    private Optional<List<String>> path(String from, String to) {
        Predicate<Membership> counts =
                each -> each.isUsable() && !(wanted.names(each.member()) && wanted.names(each.role()));
        Map<String, List<String>> paths = new HashMap<>(Map.of(from, List.of(from)));
        Deque<String> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            String member = next.remove();
            List<String> path = paths.getOrDefault(member, List.of());
            if (member.equals(to)) {
                return Optional.of(path);
            }
            catalog.memberships().stream()
                    .filter(counts)
                    .filter(each -> each.member().equals(member) && !paths.containsKey(each.role()))
                    .forEach(each -> {
                        List<String> longer = new ArrayList<>(path);
                        longer.add(each.role());
                        paths.put(each.role(), longer);
                        next.add(each.role());
                    });
        }
        return Optional.empty();
    }

    private static String shown(List<String> path) {
        return path.stream().map(Text::quote).collect(Collectors.joining(" in "));
    }

    private static String revoke(List<String> path) {
        return "REVOKE %s FROM %s".formatted(Sql.name(path.get(path.size() - 1)), Sql.name(path.get(path.size() - 2)));
    }
}
