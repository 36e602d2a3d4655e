package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates, corrects, probes and drops the roles of a database. The user may be a superuser, but does not have to be.
 *
 * <p>Each piece of work is one transaction. If it fails because of another session, it is tried again until the
 * deadline.
 */
public final class RoleAdministrator {

    private static final Logger LOG = LoggerFactory.getLogger(RoleAdministrator.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /**
     * Other sessions queue behind a waiting transaction of this class, so the timeout is short. It is shorter than
     * PostgreSQL's deadlock_timeout, 1 s by default, so that in a deadlock this transaction fails and not that of the
     * application.
     */
    private static final String LOCK_TIMEOUT = "200ms";

    /** "cdkroles" in the bytes of a long: one deploy at a time changes the roles of a database. */
    private static final long LOCK = 0x63646b726f6c6573L;

    /** unique_violation, duplicate_object: two transactions that make one role, from two databases. */
    private static final Set<String> AT_ONCE = Set.of("23505", "42710");

    /** The message of PostgreSQL if two transactions change one role. It has no SQLSTATE of its own. */
    private static final String CHANGED_AT_ONCE = "tuple concurrently ";

    /** dependent_objects_still_exist: objects of the role in another database, or grants that the role has made. */
    private static final String STILL_NEEDED = "2BP01";

    private final Supplier<Connection> connections;
    private final ResourceIdentity resource;
    private final Failures failures;
    private final Deadline deadline;

    /**
     * Creates an administrator for one piece of work.
     *
     * @param connections opens a new connection and closes the previous one
     * @param resource that the roles belong to
     * @param failures says what PostgreSQL means
     */
    public RoleAdministrator(
            Supplier<Connection> connections, ResourceIdentity resource, Failures failures, Deadline deadline) {
        this.failures = failures;
        this.connections = connections;
        this.resource = resource;
        this.deadline = deadline;
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
        return transaction((connection, sql) -> {
            Ledger ledger = new Ledger(sql, before, wanted);
            Reconciliation work = new Reconciliation(sql, resource, wanted, before, dropsRemoved, passwords, ledger);
            tell(ledger, work::run);
            connection.commit();
            if (!work.newTokens().isEmpty()) {
                revokeTokensIfLockedOut(connection, sql, work.newTokens(), passwords);
            }
            return ledger.committed(0);
        });
    }

    /**
     * Checks that the roles have the privileges that they need, and no forbidden ones. Before that, it revokes the
     * application's default privileges on the history of the migrations.
     *
     * @throws MigrationException if there is a fault; the reason names the first one
     */
    public RolesReport probe(DatabaseRoles wanted) {
        return transaction((connection, sql) -> {
            Ledger ledger = new Ledger(sql, Optional.empty(), wanted);
            tell(ledger, () -> {
                Catalog catalog = Catalog.read(sql);
                BorrowedMembership borrowed = new BorrowedMembership(sql, catalog);
                if (catalog.has(wanted.owner().name())) {
                    borrowed.borrow(wanted.owner().name());
                    ledger.make(new ObjectPrivileges(sql, wanted).ofHistory());
                    borrowed.giveBack();
                }
            });
            connection.commit();
            prepare(sql);
            // The probe changes nothing.
            int tables = new Probe(sql, wanted).run();
            connection.rollback();
            return ledger.committed(tables);
        });
    }

    /**
     * Drops the roles that this project created for this resource. The connected user gets their objects. A role that
     * may still be needed stays, and is logged.
     *
     * @throws MigrationException if one of the others cannot be dropped; then all are unchanged
     */
    public RolesReport drop(DatabaseRoles roles) {
        return transaction((connection, sql) -> {
            Ledger ledger = new Ledger(sql, Optional.empty(), roles);
            tell(ledger, () -> {
                Catalog catalog = Catalog.read(sql);
                Retirement retirement = new Retirement(sql, resource);
                List<String> there = retirement.mayBeDropped(
                        catalog, roles.names(), List.of(roles.owner().name()), false);
                BorrowedMembership borrowed = new BorrowedMembership(sql, catalog);
                for (String role : there) {
                    borrowed.borrow(role);
                }
                for (String role : there) {
                    ledger.make(Removal.of(role, catalog.me()));
                    borrowed.forget(role);
                }
                ledger.make(retirement.lastWords(catalog, roles, there));
            });
            connection.commit();
            return ledger.committed(0);
        });
    }

    @FunctionalInterface
    private interface Work {
        RolesReport in(Connection connection, Sql sql) throws SQLException;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    // Uses one connection as long as it lasts. When the time runs out, the reason is the conflict, and not the failure
    // of a last attempt that had no time left.
    private RolesReport transaction(Work work) {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Connection connection = null;
        SQLException conflict = null;
        while (true) {
            try {
                if (connection == null) {
                    connection = open(conflict);
                }
                Sql sql = new Sql(connection, failures);
                prepare(sql);
                return work.in(connection, sql);
            } catch (SQLException e) {
                if (failures.kind(e).isConflict()) {
                    conflict = e;
                }
                if (!passes(e) || !Backoff.sleep(backoff.next(), deadline)) {
                    throw failed(conflict != null && (passes(e) || deadline.passed()) ? conflict : e);
                }
                LOG.atInfo().addKeyValue("event", "roles.retry").log("Retry: {}", said(e));
                connection = rolledBack(connection);
            }
        }
    }

    // The next connection or the session closes it.
    private Connection open(@Nullable SQLException conflict) throws SQLException {
        try {
            Connection opened = connections.get();
            opened.setAutoCommit(false);
            return opened;
        } catch (MigrationException e) {
            throw conflict == null ? e : failed(conflict);
        }
    }

    private static @Nullable Connection rolledBack(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.rollback();
            }
            return connection;
        } catch (SQLException e) {
            return null;
        }
    }

    // One round trip for all settings.
    private void prepare(Sql sql) throws SQLException {
        List<String> settings = new ArrayList<>();
        // Otherwise a function or an operator that another role created in a schema of the path could replace one of
        // the server's, and would run with the rights of the administrator.
        settings.add("SET LOCAL search_path = pg_catalog, pg_temp");
        settings.add("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
        // The connection may be older than this attempt.
        settings.add(
                "SET LOCAL statement_timeout = " + Math.max(1, deadline.left().toMillis()));
        if (sql.version() >= 16) {
            // Otherwise the administrator would keep more than the right to administer a new role.
            settings.add("SET LOCAL createrole_self_grant = ''");
        }
        settings.add("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        sql.run(String.join("; ", settings));
    }

    private boolean passes(SQLException failure) {
        return failures.kind(failure).isConflict()
                || failures.kind(failure).passesOnANewConnection()
                || AT_ONCE.contains(String.valueOf(failure.getSQLState()))
                || said(failure).startsWith(CHANGED_AT_ONCE);
    }

    // Adds the change that failed to the failure.
    private void tell(Ledger ledger, Step step) throws SQLException {
        try {
            step.run();
        } catch (SQLException e) {
            if (passes(e) || ledger.current().isEmpty()) {
                throw e;
            }
            Change change = ledger.current().get();
            throw new MigrationException(
                    "'%s' failed: %s. %s".formatted(Text.cut(withoutPassword(change), 300), said(e), advice(change, e)),
                    e);
        }
    }

    private static String advice(Change change, SQLException failure) {
        if (!STILL_NEEDED.equals(failure.getSQLState())) {
            return "Nothing was changed";
        }
        return change.statement().startsWith("REVOKE")
                ? "Another role got the privilege from this role: revoke it there first, or run the statement with CASCADE. Nothing was changed"
                : "It has privileges or objects in another database of the server: remove them there, or set 'OnDelete' to 'RETAIN'";
    }

    private static String withoutPassword(Change change) {
        return change.event().startsWith("password.") ? "ALTER ROLE … PASSWORD …" : change.statement();
    }

    private MigrationException failed(SQLException failure) {
        if (deadline.passed() && !failures.kind(failure).isConflict()) {
            return new MigrationException(
                    "The function ran out of time: %s. Nothing was changed. Give the function more time"
                            .formatted(said(failure)),
                    failure);
        }
        String advice = failures.kind(failure).isConflict()
                ? "Another session holds a lock that the deploy needs: end that session, or deploy when the database is less busy"
                : "Correct it and deploy again";
        return new MigrationException(
                "The roles could not be changed: %s. Nothing was changed. %s".formatted(said(failure), advice),
                failure);
    }

    private String said(SQLException failure) {
        return failures.of(failure)
                .map(DatabaseMessage::withState)
                .orElse(failure.getClass().getSimpleName());
    }

    // The guard relies on assumptions about how RDS finds members of rds_iam. This check proves the result: while the
    // session is open, a lockout of the administrator can be undone.
    private static void revokeTokensIfLockedOut(
            Connection connection, Sql sql, List<String> newTokens, Passwords passwords) throws SQLException {
        try {
            passwords.letTheAdministratorIn();
        } catch (MigrationException e) {
            for (String role : newTokens) {
                sql.run("REVOKE rds_iam FROM " + Sql.name(role));
            }
            connection.commit();
            throw new MigrationException(
                    "After 'rds_iam' was granted, the user of this function could no longer log in, so it was revoked from %s: %s. Give these roles secrets"
                            .formatted(
                                    newTokens.stream().map(Text::quote).collect(Collectors.joining(", ")),
                                    Text.cut(String.valueOf(e.getMessage()), 400)),
                    e);
        }
    }
}
