package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.database.GoneTarget;
import io.github.cdkliquibase.lambda.database.SecretPassword;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.ConnectionDetails;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.RolesRequest;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.Passwords;
import io.github.cdkliquibase.lambda.roles.ResourceIdentity;
import io.github.cdkliquibase.lambda.roles.Role;
import io.github.cdkliquibase.lambda.roles.RoleAdministrator;
import io.github.cdkliquibase.lambda.roles.RolesReport;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work behind the doors of the roles: from properties to roles. Knows nothing of events and answers. */
final class RolesWork {

    private static final Logger LOG = LoggerFactory.getLogger(RolesWork.class);

    /** Time limit to find out whether a password works. The application may have used up the role's connections. */
    private static final Duration LONGEST_LOGIN = Duration.ofSeconds(3);

    private final Path folder;
    private final ConnectionFactory connections;
    private final Engine engine;
    private final TimedRun runs;

    RolesWork(Path folder, ConnectionFactory connections, Engine engine) {
        this.engine = engine;
        this.folder = folder;
        this.connections = connections;
        this.runs = new TimedRun(connections);
    }

    /** The request and its outcome. */
    record Done(RolesRequest request, RolesReport report) {}

    /** Whether work of an answered event is still running, because nothing could stop it. */
    boolean isStuck() {
        return runs.isStuck();
    }

    /**
     * Reconciles or probes the roles, as the properties say.
     *
     * @param resource the resource that the roles belong to
     * @param oldProperties that an Update replaces; null otherwise
     * @throws MigrationException if a property is wrong, or it could not be done in time
     */
    Done apply(
            ResourceIdentity resource, @Nullable Object properties, @Nullable Object oldProperties, Deadline deadline) {
        RolesRequest request = RolesRequest.from(properties, folder);
        Optional<DatabaseRoles> before = RolesRequest.before(oldProperties);
        return runs.inTime(engine, deadline, session -> {
            Access access = new Access(request.database(), session, deadline);
            RoleAdministrator administrator =
                    new RoleAdministrator(access::open, resource, engine.failures(), deadline);
            RolesReport report = switch (request.action()) {
                case RECONCILE -> administrator.reconcile(request.roles(), before, request.dropsRemoved(), access);
                case PROBE -> administrator.probe(request.roles());
            };
            return new Done(request, report);
        });
    }

    /**
     * Drops the roles of this resource only. If the properties cannot be read, the Create was refused because of them,
     * and there is nothing to drop. If the database no longer exists, the roles stay, and the log says so.
     *
     * @return the outcome, as the end of a sentence
     * @throws MigrationException if it could not be done in time
     */
    String drop(ResourceIdentity resource, @Nullable Object properties, Deadline deadline) {
        Optional<RolesRequest> request = RolesRequest.forDelete(properties, folder);
        if (request.isEmpty()) {
            LOG.warn("Nothing is dropped: no deploy can have run with these properties");
            return "no role is dropped, because no deploy can have had these properties";
        }
        try {
            RolesReport report = runs.inTime(engine, deadline, session -> {
                Access access = new Access(request.get().database(), session, deadline);
                return new RoleAdministrator(access::open, resource, engine.failures(), deadline)
                        .drop(request.get().roles());
            });
            return "the roles that this resource created are dropped, in %d changes".formatted(report.changes());
        } catch (MigrationException e) {
            String gone = GoneTarget.of(e, engine.failures()).orElseThrow(() -> e);
            tellOfGone(gone, e, request.get().roles());
            return "no role is dropped, because " + gone;
        }
    }

    // If the server itself has answered, its roles still exist: they belong to no database.
    private void tellOfGone(String what, MigrationException failure, DatabaseRoles roles) {
        String left = engine.failures()
                        .of(failure)
                        .filter(DatabaseMessage::isOfTheServer)
                        .isPresent()
                ? "The roles stay in the cluster"
                : "If the server still exists, the roles do too";
        LOG.atWarn()
                .addKeyValue("event", "roles.gone")
                .log(
                        "No role is dropped: {}. {}: {}",
                        what,
                        left,
                        roles.roles().values().stream()
                                .map(role -> Text.quote(role.name()))
                                .collect(Collectors.joining(", ")));
    }

    /** Access to the database for the administrator, and for a moment for the roles themselves. */
    private final class Access implements Passwords {

        private final DatabaseTarget target;
        private final DatabaseSession session;
        private final Deadline deadline;
        private final Map<String, SecretPassword> read = new HashMap<>();

        Access(DatabaseTarget target, DatabaseSession session, Deadline deadline) {
            this.target = target;
            this.session = session;
            this.deadline = deadline;
        }

        Connection open() {
            return session.open(target, deadline);
        }

        @Override
        public String of(Role role) {
            String arn = Objects.requireNonNull(role.secretArn());
            SecretPassword secret = read.computeIfAbsent(arn, each -> connections.password(each, deadline));
            if (!secret.username().equals(role.name())) {
                throw new MigrationException("Secret %s belongs to user %s, so it cannot be the secret of role %s"
                        .formatted(Text.quote(arn), Text.quote(secret.username()), Text.quote(role.name())));
            }
            return secret.password();
        }

        // If this cannot be found out, the password is set, which does no harm.
        @Override
        public boolean areKnownTo(Role role) {
            try (DatabaseSession attempt = new DatabaseSession(connections, engine)) {
                attempt.open(
                        sameDatabase(Objects.requireNonNull(role.secretArn())),
                        Deadline.in(deadline.leftAtMost(LONGEST_LOGIN)));
                return true;
            } catch (MigrationException e) {
                return isPastThePassword(e);
            }
        }

        // The server checks these after the password: the privilege to connect to this database, and the role's own
        // limit.
        private boolean isPastThePassword(MigrationException refusal) {
            return engine.failures()
                    .of(refusal)
                    .filter(message -> message.kind() == FailureKind.NO_PRIVILEGE
                            || message.text().startsWith("too many connections for role"))
                    .isPresent();
        }

        @Override
        public void letTheAdministratorIn() {
            try (DatabaseSession attempt = new DatabaseSession(connections, engine)) {
                attempt.open(target, deadline);
            }
        }

        // Connects to the administrator's host and database, and ignores those in the role's secret.
        private DatabaseTarget sameDatabase(String secretArn) {
            ConnectionDetails here = session.details().orElseThrow();
            return new DatabaseTarget(
                    new Authentication.Secret(secretArn),
                    here.host(),
                    here.port(),
                    here.databaseName(),
                    target.sslMode(),
                    target.sslRootCert(),
                    target.connectTimeout());
        }
    }
}
