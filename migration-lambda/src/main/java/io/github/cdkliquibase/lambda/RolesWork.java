package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.database.GoneTarget;
import io.github.cdkliquibase.lambda.database.HostName;
import io.github.cdkliquibase.lambda.database.SecretPassword;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
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
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work behind the doors of the roles: from properties to roles. Knows nothing of events and answers. */
final class RolesWork {

    private static final Logger LOG = LoggerFactory.getLogger(RolesWork.class);

    /** To find out whether a password works. The application may have used up the role's connections. */
    private static final Duration LONGEST_LOGIN = Duration.ofSeconds(3);

    private final Path folder;
    private final ConnectionFactory connections;
    private final TimedRun runs;

    RolesWork(Path folder, ConnectionFactory connections) {
        this.folder = folder;
        this.connections = connections;
        this.runs = new TimedRun(connections);
    }

    /** What was asked for, and what became of it. */
    record Done(RolesRequest request, RolesReport report) {}

    /** Whether work of an event that was answered still goes on, because nothing could stop it. */
    boolean isStuck() {
        return runs.isStuck();
    }

    /**
     * Reconciles or probes, as the properties say.
     *
     * @param resource whose roles they are
     * @param oldProperties that an Update replaces; null otherwise
     * @throws MigrationException if a property is wrong, or it could not be done in time
     */
    Done apply(
            ResourceIdentity resource, @Nullable Object properties, @Nullable Object oldProperties, Deadline deadline) {
        RolesRequest request = RolesRequest.from(properties, folder);
        Optional<DatabaseRoles> before = RolesRequest.before(oldProperties);
        return runs.inTime(deadline, session -> {
            Access access = new Access(request.database(), session, deadline);
            RoleAdministrator administrator = new RoleAdministrator(access::open, resource, deadline);
            RolesReport report = switch (request.action()) {
                case RECONCILE -> administrator.reconcile(request.roles(), before, request.dropsRemoved(), access);
                case PROBE -> administrator.probe(request.roles());
            };
            return new Done(request, report);
        });
    }

    /**
     * Drops the roles that are of this very resource. Properties that cannot be read are those of a Create that was refused for them: then there is nothing
     * to drop. Where the way to the database is gone for good, the roles stay, which the log tells.
     *
     * @return the outcome, as the end of a sentence
     * @throws MigrationException if it could not be done in time
     */
    String drop(ResourceIdentity resource, @Nullable Object properties, Deadline deadline) {
        Optional<RolesRequest> request = RolesRequest.forDelete(properties, folder);
        if (request.isEmpty()) {
            LOG.warn("Nothing is dropped: no deploy can have had these properties");
            return "no role is dropped, because no deploy can have had these properties";
        }
        try {
            RolesReport report = runs.inTime(deadline, session -> {
                Access access = new Access(request.get().database(), session, deadline);
                return new RoleAdministrator(access::open, resource, deadline)
                        .drop(request.get().roles());
            });
            return "the roles that this resource created are dropped, in %d changes".formatted(report.changes());
        } catch (MigrationException e) {
            String gone = GoneTarget.of(e).orElseThrow(() -> e);
            tellOfGone(gone, e, request.get().roles());
            return "no role is dropped, because " + gone;
        }
    }

    // Where the server itself has answered, its roles are there: they belong to no database.
    private static void tellOfGone(String what, MigrationException failure, DatabaseRoles roles) {
        String left = DatabaseMessage.of(failure)
                        .filter(DatabaseMessage::isOfTheServer)
                        .isPresent()
                ? "The roles stay in the cluster"
                : "If the server is still there, the roles are too";
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

    /** The way to the database for the administrator, and for a moment for the roles themselves. */
    private final class Access implements Passwords {

        private final DatabaseTarget target;
        private final DatabaseSession session;
        private final Deadline deadline;
        private final Map<String, SecretPassword> read = new HashMap<>();
        private @Nullable Connection connection;

        Access(DatabaseTarget target, DatabaseSession session, Deadline deadline) {
            this.target = target;
            this.session = session;
            this.deadline = deadline;
        }

        Connection open() {
            Connection opened = session.open(target, deadline);
            connection = opened;
            return opened;
        }

        @Override
        public String of(Role role) {
            String arn = Objects.requireNonNull(role.secretArn());
            SecretPassword secret = read.computeIfAbsent(arn, each -> connections.password(each, deadline));
            if (!secret.username().equals(role.name())) {
                throw new MigrationException("Secret %s is of the user %s, so it cannot be of the role %s"
                        .formatted(Text.quote(arn), Text.quote(secret.username()), Text.quote(role.name())));
            }
            return secret.password();
        }

        // Where it cannot be found out, the password is set, which does no harm.
        @Override
        public boolean areKnownTo(Role role) {
            try (DatabaseSession attempt = connections.newSession()) {
                attempt.open(
                        sameDatabase(Objects.requireNonNull(role.secretArn())),
                        Deadline.in(deadline.leftAtMost(LONGEST_LOGIN)));
                return true;
            } catch (MigrationException e) {
                return isPastThePassword(e);
            }
        }

        // What is asked for only after the password: the right to connect to this database, and the role's own limit.
        private static boolean isPastThePassword(MigrationException refusal) {
            return DatabaseMessage.of(refusal)
                    .filter(message -> DatabaseMessage.INSUFFICIENT_PRIVILEGE.equals(message.sqlState())
                            || message.text().startsWith("too many connections for role"))
                    .isPresent();
        }

        @Override
        public void letTheAdministratorIn() {
            try (DatabaseSession attempt = connections.newSession()) {
                attempt.open(target, deadline);
            }
        }

        // Where the administrator is, whatever the secret of the role says of host and database.
        private DatabaseTarget sameDatabase(String secretArn) {
            try {
                String url = Objects.requireNonNull(connection).getMetaData().getURL();
                Properties parts = Objects.requireNonNull(Driver.parseURL(url, null));
                return new DatabaseTarget(
                        new Authentication.Secret(secretArn),
                        HostName.of(String.valueOf(PGProperty.PG_HOST.getOrDefault(parts)))
                                .orElseThrow(),
                        PGProperty.PG_PORT.getInt(parts),
                        PGProperty.PG_DBNAME.getOrDefault(parts),
                        target.sslMode(),
                        target.sslRootCert(),
                        target.connectTimeout());
            } catch (SQLException e) {
                throw new MigrationException("The connection does not say where it leads", e);
            }
        }
    }
}
