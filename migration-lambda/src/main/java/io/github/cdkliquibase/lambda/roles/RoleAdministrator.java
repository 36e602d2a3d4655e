package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Creates, corrects, probes and drops the roles of a database. The user may be a superuser, but does not have to be.
 *
 * <p>Each piece of work is one transaction. If it fails because of another session, it is tried again until the
 * deadline.
 */
public final class RoleAdministrator {

    private final RolesTransaction transactions;
    private final ResourceIdentity resource;

    /**
     * Creates an administrator for one piece of work.
     *
     * @param connections opens a new connection and closes the previous one
     * @param resource that the roles belong to
     * @param failures says what PostgreSQL means
     */
    public RoleAdministrator(
            Supplier<Connection> connections, ResourceIdentity resource, Failures failures, Deadline deadline) {
        this.transactions = new RolesTransaction(connections, failures, deadline);
        this.resource = resource;
    }

    /**
     * Creates and corrects the roles.
     *
     * @param before the roles of the last deploy; empty if there was none
     * @param dropsRemoved whether a role that is no longer named is dropped or left as it is
     * @throws MigrationException if this could not be done; the reason says why, and the database is unchanged
     */
    public RolesReport reconcile(
            DatabaseRoles wanted, Optional<DatabaseRoles> before, boolean dropsRemoved, Passwords passwords) {
        return transactions.run((connection, sql) -> {
            AppliedChanges applied = new AppliedChanges(sql, before, wanted);
            Reconciliation work = new Reconciliation(
                    sql, resource, wanted, new FormerDeploy(wanted, before, dropsRemoved), passwords, applied);
            transactions.apply(applied, work::run);
            connection.commit();
            if (!work.newTokens().isEmpty()) {
                revokeTokensIfLockedOut(connection, sql, work.newTokens(), passwords);
            }
            return applied.committed(0);
        });
    }

    /**
     * Checks that the roles have the privileges that they need, and no forbidden ones. Before that, it revokes the
     * application's default privileges on the history of the migrations.
     *
     * @throws MigrationException if there is a fault; the reason names the first one
     */
    public RolesReport probe(DatabaseRoles wanted) {
        return transactions.run((connection, sql) -> {
            AppliedChanges applied = new AppliedChanges(sql, Optional.empty(), wanted);
            transactions.apply(applied, () -> revokeWritingOfHistory(sql, wanted, applied));
            connection.commit();
            transactions.prepare(sql);
            // The probe changes nothing.
            int tables = new Probe(sql, wanted).run();
            connection.rollback();
            return applied.committed(tables);
        });
    }

    private static void revokeWritingOfHistory(Sql sql, DatabaseRoles wanted, AppliedChanges applied)
            throws SQLException {
        Catalog catalog = Catalog.read(sql);
        TemporaryMembership temporary = new TemporaryMembership(sql, catalog);
        if (catalog.has(wanted.owner().name())) {
            temporary.grant(wanted.owner().name());
            applied.apply(new ObjectPrivileges(sql, wanted).ofHistory());
            temporary.revoke();
        }
    }

    /**
     * Drops the roles that this project created for this resource. The connected user gets their objects. A role that
     * may still be needed stays, and is logged.
     *
     * @throws MigrationException if one of the others cannot be dropped; then all are unchanged
     */
    public RolesReport drop(DatabaseRoles roles) {
        return transactions.run((connection, sql) -> {
            AppliedChanges applied = new AppliedChanges(sql, Optional.empty(), roles);
            transactions.apply(applied, () -> drop(sql, roles, applied));
            connection.commit();
            return applied.committed(0);
        });
    }

    private void drop(Sql sql, DatabaseRoles roles, AppliedChanges applied) throws SQLException {
        Catalog catalog = Catalog.read(sql);
        Retirement retirement = new Retirement(sql, resource);
        List<String> dropped = retirement.mayBeDropped(
                catalog, roles.names(), List.of(roles.owner().name()), false);
        TemporaryMembership temporary = new TemporaryMembership(sql, catalog);
        for (String role : dropped) {
            temporary.grant(role);
        }
        for (String role : dropped) {
            applied.apply(Removal.of(role, catalog.me()));
            temporary.forget(role);
        }
        applied.apply(retirement.commentsOfRemaining(catalog, roles, dropped));
    }

    // The guard relies on assumptions about how RDS finds members of rds_iam. This check proves the result: while the
    // session is open, a lockout of the administrator can be undone.
    private static void revokeTokensIfLockedOut(
            Connection connection, Sql sql, List<String> newTokens, Passwords passwords) throws SQLException {
        try {
            passwords.checkAdministratorLogin();
        } catch (MigrationException e) {
            for (String role : newTokens) {
                sql.run("REVOKE rds_iam FROM " + Sql.name(role));
            }
            connection.commit();
            throw lockedOut(newTokens, e);
        }
    }

    private static MigrationException lockedOut(List<String> newTokens, MigrationException refusal) {
        return new MigrationException(
                "After 'rds_iam' was granted, the user of this function could no longer log in, so it was revoked from %s: %s. Give these roles secrets"
                        .formatted(
                                newTokens.stream().map(Text::quote).collect(Collectors.joining(", ")),
                                Text.cut(String.valueOf(refusal.getMessage()), 400)),
                refusal);
    }
}
