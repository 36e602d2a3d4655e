package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Membership;
import java.util.List;

/**
 * Finds memberships between the roles: only the owner may have the owner's rights, and the read-only role must not
 * write.
 */
final class ForbiddenMemberships {

    private ForbiddenMemberships() {}

    /** The changes that revoke the memberships. */
    static List<Change> changes(Catalog catalog, DatabaseRoles wanted) {
        return catalog.memberships().stream()
                .filter(each -> isForbidden(each, wanted, catalog.me()))
                .map(each -> revoke(each, catalog, wanted))
                .toList();
    }

    /** Whether a membership is one that these roles must not have, and that a run revokes by itself. */
    static boolean isForbidden(Membership membership, DatabaseRoles wanted, String administrator) {
        RolePurpose member = wanted.purposeOf(membership.member());
        // The owner may be a member of others, but not of a role that may get rds_iam.
        boolean ours = wanted.purposeOf(membership.role()) != null;
        return member != null
                && (ours || (member != RolePurpose.OWNER && membership.role().equals(administrator)));
    }

    private static Change revoke(Membership membership, Catalog catalog, DatabaseRoles wanted) {
        return new Change(
                "membership.revoked",
                "membership in %s from %s".formatted(Text.quote(membership.role()), Text.quote(membership.member())),
                "REVOKE %s FROM %s%s"
                        .formatted(
                                Sql.name(membership.role()),
                                Sql.name(membership.member()),
                                catalog.version() < 16 ? "" : " GRANTED BY " + Sql.name(membership.grantor())),
                wanted.purposeOf(membership.member()),
                null,
                false);
    }
}
