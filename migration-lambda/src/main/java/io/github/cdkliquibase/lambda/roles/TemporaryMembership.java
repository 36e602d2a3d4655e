package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.roles.Catalog.Membership;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the administrator a member of roles for the time of a transaction.
 *
 * <p>Only members of a role may grant on its objects or change their owner, and the administrator on RDS is not a
 * superuser. The membership is revoked before the commit, so no other session ever sees it. If it stayed, the
 * administrator would be a member of {@code rds_iam} through a role that logs in by IAM, and its password would no
 * longer work.
 */
final class TemporaryMembership {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Sql sql;
    private final Catalog catalog;
    /** The statements that restore the memberships, by role. */
    private final Map<String, String> restoring = new LinkedHashMap<>();

    TemporaryMembership(Sql sql, Catalog catalog) {
        this.sql = sql;
        this.catalog = catalog;
    }

    /**
     * Makes the administrator a member, unless it already is one with all rights.
     *
     * @throws MigrationException if the administrator may not do this
     */
    void grant(String role) throws SQLException {
        if (role.equals(catalog.me())) {
            return;
        }
        if (catalog.version() < 16) {
            if (!sql.isTrue("SELECT pg_has_role(?, 'MEMBER')", role)) {
                run(role, grantOf(role));
                restoring.put(role, revokeOf(role));
            }
        } else if (!sql.isTrue("SELECT pg_has_role(?, 'USAGE') AND pg_has_role(?, 'SET')", role, role)) {
            run(role, grantOf(role) + " WITH INHERIT TRUE, SET TRUE");
            restoring.put(role, restoringOf(role));
        }
    }

    // The grant changes an existing membership that the administrator has granted itself, so this restores its options.
    private String restoringOf(String role) {
        Optional<Membership> before = catalog.memberships().stream()
                .filter(each -> each.role().equals(role)
                        && each.member().equals(catalog.me())
                        && each.grantor().equals(catalog.me()))
                .findFirst();
        return before.map(each -> grantOf(role) + " WITH INHERIT " + each.inherits() + ", SET " + each.sets())
                .orElseGet(() -> revokeOf(role));
    }

    private String grantOf(String role) {
        return "GRANT " + Sql.name(role) + " TO " + Sql.name(catalog.me());
    }

    private String revokeOf(String role) {
        return "REVOKE " + Sql.name(role) + " FROM " + Sql.name(catalog.me());
    }

    private void run(String role, String grant) throws SQLException {
        try {
            sql.run(grant);
        } catch (SQLException e) {
            if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw mayNotAdminister(role, e);
            }
            throw e;
        }
    }

    private MigrationException mayNotAdminister(String role, SQLException failure) {
        return new MigrationException(
                "Role %s exists, but %s may not administer it: %s. Run 'GRANT %s TO %s WITH ADMIN OPTION' as the role that created it. Nothing was changed"
                        .formatted(
                                Text.quote(role),
                                Text.quote(catalog.me()),
                                sql.describe(failure),
                                Sql.name(role),
                                Sql.name(catalog.me())),
                failure);
    }

    /** Called when a role is dropped together with its memberships. */
    void forget(String role) {
        restoring.remove(role);
    }

    /** Revokes the temporary memberships, and restores those that were changed. */
    void revoke() throws SQLException {
        for (String statement : restoring.values()) {
            sql.run(statement);
        }
        restoring.clear();
    }
}
