package io.github.cdkliquibase.lambda.roles;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
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
 * Creates, corrects, probes and drops the roles of a database, as a user that may be a superuser and need not be.
 *
 * <p>Each piece of work is one transaction: all of it happens, or nothing. What loses against another session is tried
 * again until the deadline.
 */
public final class RoleAdministrator {

    private static final Logger LOG = LoggerFactory.getLogger(RoleAdministrator.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /**
     * Whoever wants a table waits behind the one who waits for it here, so it is short. And shorter than PostgreSQL's
     * deadlock_timeout, 1 s by default, so that in a circle this transaction gives way and not the application's.
     */
    private static final String LOCK_TIMEOUT = "200ms";

    /** "cdkroles" in the bytes of a long: one deploy at a time changes the roles of a database. */
    private static final long LOCK = 0x63646b726f6c6573L;

    /** unique_violation, duplicate_object: two transactions that make one role, from two databases. */
    private static final Set<String> AT_ONCE = Set.of("23505", "42710");

    /** What PostgreSQL says where two transactions change one role. It has no SQLSTATE of its own. */
    private static final String CHANGED_AT_ONCE = "tuple concurrently ";

    /** dependent_objects_still_exist: of a role in another database, or of somebody who got a right from it. */
    private static final String STILL_NEEDED = "2BP01";

    private final Supplier<Connection> connections;
    private final RolesResource resource;
    private final Deadline deadline;

    /**
     * For one piece of work.
     *
     * @param connections gives a new connection and closes the one before
     * @param resource for which the roles are kept
     */
    public RoleAdministrator(Supplier<Connection> connections, RolesResource resource, Deadline deadline) {
        this.connections = connections;
        this.resource = resource;
        this.deadline = deadline;
    }

    /**
     * Makes the roles what they should be.
     *
     * @param before what the last deploy had made of them; empty if there was none
     * @param dropsRemoved whether a role that is no longer named is dropped, and not left as it is
     * @throws MigrationException if that could not be done; the reason says why, and the database is as it was
     */
    public RolesReport reconcile(
            DatabaseRoles wanted, Optional<DatabaseRoles> before, boolean dropsRemoved, Passwords passwords) {
        return transaction((connection, sql) -> {
            Ledger ledger = new Ledger(sql, before, wanted);
            Reconciliation work = new Reconciliation(sql, resource, wanted, before, dropsRemoved, passwords, ledger);
            tell(ledger, work::run);
            connection.commit();
            if (!work.newTokens().isEmpty()) {
                takeTokensBackUnlessLetIn(connection, sql, work.newTokens(), passwords);
            }
            return ledger.committed(0);
        });
    }

    /**
     * Looks whether the roles can do what they should, and nothing that they must not. Takes one thing away before: what
     * the default privileges gave the application on the history of the migrations.
     *
     * @throws MigrationException if they can not, or can; the reason names the first fault
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
            // It changes nothing.
            int tables = new Probe(sql, wanted).run();
            connection.rollback();
            return ledger.committed(tables);
        });
    }

    /**
     * Drops those of the roles that this project created for this very resource. What they own goes to the user that connects.
     * A role of which it is not sure that nothing else needs it stays, and is told in the log.
     *
     * @throws MigrationException if the others cannot all be dropped; then all are as they were
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

    // On one connection as long as it lasts. When the time runs out, the conflict is what matters, and not what the
    // very
    // last attempt ended with because it had no time left.
    private RolesReport transaction(Work work) {
        Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        Connection connection = null;
        SQLException conflict = null;
        while (true) {
            try {
                if (connection == null) {
                    connection = open(conflict);
                }
                Sql sql = new Sql(connection);
                prepare(sql);
                return work.in(connection, sql);
            } catch (SQLException e) {
                if (DatabaseMessage.isConflict(e)) {
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

    // Closed by the next one, or by the session that it belongs to.
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

    // One way to the server and back.
    private void prepare(Sql sql) throws SQLException {
        List<String> settings = new ArrayList<>();
        // Else a function or an operator that another role made in a schema of the path would be taken for the server's
        // own, and would run with the rights of the administrator.
        settings.add("SET LOCAL search_path = pg_catalog, pg_temp");
        settings.add("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
        // The connection may be older than this attempt.
        settings.add(
                "SET LOCAL statement_timeout = " + Math.max(1, deadline.left().toMillis()));
        if (sql.version() >= 16) {
            // What it would give beside the right to administer a new role, would stay.
            settings.add("SET LOCAL createrole_self_grant = ''");
        }
        settings.add("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        sql.run(String.join("; ", settings));
    }

    private static boolean passes(SQLException failure) {
        return DatabaseMessage.isConflict(failure)
                || DatabaseMessage.passesOnANewConnection(failure).isPresent()
                || AT_ONCE.contains(String.valueOf(failure.getSQLState()))
                || said(failure).startsWith(CHANGED_AT_ONCE);
    }

    // The failure with what was being done.
    private static void tell(Ledger ledger, Step step) throws SQLException {
        try {
            step.run();
        } catch (SQLException e) {
            if (passes(e) || ledger.current().isEmpty()) {
                throw e;
            }
            Change change = ledger.current().get();
            throw new MigrationException(
                    "'%s' failed: %s. %s".formatted(Text.cut(shown(change), 300), said(e), advice(change, e)), e);
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

    private static String shown(Change change) {
        return change.event().startsWith("password.") ? "ALTER ROLE … PASSWORD …" : change.statement();
    }

    private MigrationException failed(SQLException failure) {
        if (deadline.passed() && !DatabaseMessage.isConflict(failure)) {
            return new MigrationException(
                    "The function ran out of time: %s. Nothing was changed. Give the function more time"
                            .formatted(said(failure)),
                    failure);
        }
        String advice = DatabaseMessage.isConflict(failure)
                ? "Another session holds a lock that the deploy needs: end that session, or deploy when the database is less busy"
                : "Correct it and deploy again";
        return new MigrationException(
                "The roles could not be changed: %s. Nothing was changed. %s".formatted(said(failure), advice), failure);
    }

    private static String said(SQLException failure) {
        return DatabaseMessage.of(failure)
                .map(DatabaseMessage::withState)
                .orElse(failure.getClass().getSimpleName());
    }

    // The guard knows what this project knows of how RDS looks for members of rds_iam. This is the proof: while the
    // session is open, what locked the administrator out can be undone.
    private static void takeTokensBackUnlessLetIn(
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
