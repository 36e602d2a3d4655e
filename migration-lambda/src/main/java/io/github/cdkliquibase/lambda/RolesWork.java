package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.database.GoneTarget;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.RolesRequest;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.ResourceIdentity;
import io.github.cdkliquibase.lambda.roles.RoleAdministrator;
import io.github.cdkliquibase.lambda.roles.RolesReport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work behind the doors of the roles: from properties to roles. Knows nothing of events and answers. */
final class RolesWork {

    private static final Logger LOG = LoggerFactory.getLogger(RolesWork.class);

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
            RolesAccess access = access(request, session, deadline);
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
            RolesReport report = drop(resource, request.get(), deadline);
            return "the roles that this resource created are dropped, in %d changes".formatted(report.changes());
        } catch (MigrationException e) {
            String gone = GoneTarget.of(e, engine.failures()).orElseThrow(() -> e);
            logGone(gone, e, request.get().roles());
            return "no role is dropped, because " + gone;
        }
    }

    private RolesReport drop(ResourceIdentity resource, RolesRequest request, Deadline deadline) {
        return runs.inTime(engine, deadline, session -> {
            RolesAccess access = access(request, session, deadline);
            return new RoleAdministrator(access::open, resource, engine.failures(), deadline).drop(request.roles());
        });
    }

    private RolesAccess access(RolesRequest request, DatabaseSession session, Deadline deadline) {
        return new RolesAccess(connections, engine, request.database(), session, deadline);
    }

    private void logGone(String what, MigrationException failure, DatabaseRoles roles) {
        String names = roles.roles().values().stream()
                .map(role -> Text.quote(role.name()))
                .collect(Collectors.joining(", "));
        LOG.atWarn()
                .addKeyValue("event", "roles.gone")
                .log("No role is dropped: {}. {}: {}", what, whatIsLeft(failure), names);
    }

    // If the server itself has answered, its roles still exist: they belong to no database.
    private String whatIsLeft(MigrationException failure) {
        return engine.failures()
                        .of(failure)
                        .filter(DatabaseMessage::isOfTheServer)
                        .isPresent()
                ? "The roles stay in the cluster"
                : "If the server still exists, the roles do too";
    }
}
