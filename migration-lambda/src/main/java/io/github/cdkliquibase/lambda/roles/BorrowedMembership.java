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
final class BorrowedMembership {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Sql sql;
    private final Catalog catalog;
    private final Map<String, String> giveBack = new LinkedHashMap<>();

    BorrowedMembership(Sql sql, Catalog catalog) {
        this.sql = sql;
        this.catalog = catalog;
    }

    /**
     * Makes the administrator a member, unless it already is one with all rights.
     *
     * @throws MigrationException if the administrator may not do this
     */
    void borrow(String role) throws SQLException {
        if (role.equals(catalog.me())) {
            return;
        }
        String grant = "GRANT " + Sql.name(role) + " TO " + Sql.name(catalog.me());
        String revoke = "REVOKE " + Sql.name(role) + " FROM " + Sql.name(catalog.me());
        if (catalog.version() < 16) {
            if (!sql.isTrue("SELECT pg_has_role(?, 'MEMBER')", role)) {
                grant(role, grant);
                giveBack.put(role, revoke);
            }
        } else if (!sql.isTrue("SELECT pg_has_role(?, 'USAGE') AND pg_has_role(?, 'SET')", role, role)) {
            // This changes an existing membership that the administrator has granted itself. It is restored later.
            Optional<Membership> before = catalog.memberships().stream()
                    .filter(each -> each.role().equals(role)
                            && each.member().equals(catalog.me())
                            && each.grantor().equals(catalog.me()))
                    .findFirst();
            grant(role, grant + " WITH INHERIT TRUE, SET TRUE");
            giveBack.put(
                    role,
                    before.map(each -> grant + " WITH INHERIT " + each.inherits() + ", SET " + each.sets())
                            .orElse(revoke));
        }
    }

    private void grant(String role, String statement) throws SQLException {
        try {
            sql.run(statement);
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            throw new MigrationException(
                    "Role %s exists, but %s may not administer it: %s. Run 'GRANT %s TO %s WITH ADMIN OPTION' as the role that created it. Nothing was changed"
                            .formatted(
                                    Text.quote(role),
                                    Text.quote(catalog.me()),
                                    sql.describe(e),
                                    Sql.name(role),
                                    Sql.name(catalog.me())),
                    e);
        }
    }

    /** Called when a role is dropped together with its memberships. */
    void forget(String role) {
        giveBack.remove(role);
    }

    /** Revokes the temporary memberships. */
    void giveBack() throws SQLException {
        for (String statement : giveBack.values()) {
            sql.run(statement);
        }
        giveBack.clear();
    }
}
