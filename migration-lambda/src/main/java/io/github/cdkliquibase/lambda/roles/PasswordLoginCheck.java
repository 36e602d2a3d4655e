package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.List;
import java.util.Optional;

/**
 * Prevents that a role can no longer log in with its password.
 *
 * <p>On RDS, every direct or indirect member of {@code rds_iam} can log in only with a token: its {@code pg_hba.conf}
 * has a line for {@code +rds_iam} before those for passwords.
 */
final class PasswordLoginCheck {

    private final Catalog catalog;
    private final DatabaseRoles wanted;
    private final MembershipPaths paths;

    PasswordLoginCheck(Catalog catalog, DatabaseRoles wanted) {
        this.catalog = catalog;
        this.wanted = wanted;
        this.paths = new MembershipPaths(
                catalog, each -> each.isUsable() && !(wanted.names(each.member()) && wanted.names(each.role())));
    }

    /**
     * Refuses roles that would lock out another role.
     *
     * @throws MigrationException if a role is refused; the message names the locked-out role, the path and the next
     *     step
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
                throw lockedOut(member, role.name(), path);
            });
        }
    }

    private static MigrationException lockedOut(String member, String role, List<String> path) {
        return new MigrationException(
                "Role %s should log in by IAM, but %s is a member of it (%s): RDS accepts no password from a member of 'rds_iam', so %s could no longer log in. Run '%s', or give %s a secret. Nothing was changed"
                        .formatted(
                                Text.quote(role),
                                Text.quote(member),
                                MembershipPaths.shown(path),
                                Text.quote(member),
                                MembershipPaths.revokeLast(path),
                                Text.quote(role)));
    }

    private void refuseTokensFor(Role role) {
        wanted.roles().values().stream()
                .filter(other -> !other.hasSecret())
                .forEach(other -> path(role.name(), other.name()).ifPresent(path -> {
                    throw memberOfRoleWithTokens(role.name(), other.name(), path);
                }));
        // The role's own membership is revoked, not refused.
        path(role.name(), Catalog.IAM).filter(path -> path.size() > 2).ifPresent(path -> {
            throw memberOfIam(role.name(), path);
        });
    }

    private static MigrationException memberOfRoleWithTokens(String role, String other, List<String> path) {
        return new MigrationException(
                "Role %s has a secret, but is a member of %s (%s), which should log in by IAM: RDS would reject its password. Run '%s', or leave the secret out. Nothing was changed"
                        .formatted(
                                Text.quote(role),
                                Text.quote(other),
                                MembershipPaths.shown(path),
                                MembershipPaths.revokeLast(path)));
    }

    private static MigrationException memberOfIam(String role, List<String> path) {
        return new MigrationException(
                "Role %s has a secret, but is a member of 'rds_iam' (%s): RDS would reject its password. Run '%s', or leave the secret out. Nothing was changed"
                        .formatted(Text.quote(role), MembershipPaths.shown(path), MembershipPaths.revokeLast(path)));
    }

    private boolean reaches(String member, String role) {
        return path(member, role).isPresent();
    }

    // This run ends memberships between our own roles.
    private Optional<List<String>> path(String from, String to) {
        return paths.path(from, to);
    }
}
