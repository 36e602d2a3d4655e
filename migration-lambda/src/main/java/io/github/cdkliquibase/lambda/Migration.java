package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.DropOutcome;
import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.GoneTarget;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.history.ResourceName;
import io.github.cdkliquibase.lambda.request.EngineName;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import io.github.cdkliquibase.lambda.rollback.StackUndo;
import io.github.cdkliquibase.lambda.rollback.UndoReport;
import io.github.cdkliquibase.lambda.rollback.UndoRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work behind every door: from properties to a migrated database. Knows nothing of events and answers. */
final class Migration {

    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

    /** A stack rollback must succeed soon, even if the database does not answer. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

    /** A failover takes less. */
    private static final Duration LONGEST_CONNECT = Duration.ofMinutes(1);

    private final Path changelogFolder;
    private final LiquibaseMigration liquibase;
    private final Function<EngineName, Engine> engines;
    private final TimedRun runs;
    private final DeployInput input = new DeployInput();

    Migration(
            Path changelogFolder,
            ConnectionFactory connections,
            LiquibaseMigration liquibase,
            Function<EngineName, Engine> engines) {
        this.engines = engines;
        this.changelogFolder = changelogFolder;
        this.liquibase = liquibase;
        this.runs = new TimedRun(connections);
    }

    /** Whether work of an answered event is still running, because nothing could stop it. */
    boolean isStuck() {
        return runs.isStuck();
    }

    /**
     * Applies the pending changesets.
     *
     * @param properties of the custom resource
     * @param source the custom resource that asks, and its event
     * @throws MigrationException if a property is wrong, or not everything could be applied in time
     */
    MigrationReport update(@Nullable Object properties, DeploySource source, Deadline deadline) {
        MigrationRequest request = MigrationRequest.from(properties, changelogFolder);
        liquibase.requireFile(request.changelog());
        if (!request.skipsUnchanged()) {
            liquibase.check(request.changelog());
        }
        Engine engine = engines.apply(request.engine());
        return runs.inTime(engine, deadline, new MigrationUpdate(request, input, source, liquibase, engine, deadline));
    }

    /**
     * Whether an Update with an earlier stamp than the one before is a deploy, and not a stack rollback. False if the database does
     * not answer within 10 s.
     *
     * @param properties of the custom resource
     * @param stamp of the Update
     * @param changesTarget whether it leads to another place than the deploy before
     */
    boolean isDeploy(
            @Nullable Object properties,
            ResourceName resource,
            Instant stamp,
            boolean changesTarget,
            Deadline deadline) {
        Optional<MigrationRequest> request = MigrationRequest.forLookBack(properties, changelogFolder);
        if (request.isEmpty()) {
            return false;
        }
        try {
            Engine engine = engines.apply(request.get().engine());
            Deadline soon = Deadline.beforeKill(deadline.leftAtMost(LONGEST_LOOK));
            return runs.inTime(
                    engine,
                    soon,
                    session -> looksLikeDeploy(
                            request.get(),
                            resource,
                            stamp,
                            changesTarget,
                            engine,
                            session.open(request.get().database(), soon)));
        } catch (MigrationException e) {
            LOG.atWarn()
                    .addKeyValue("event", "history.unknown")
                    .log("Could not ask the history whether this is a stack rollback or a deploy: {}", e.getMessage());
            return false;
        }
    }

    private boolean looksLikeDeploy(
            MigrationRequest request,
            ResourceName resource,
            Instant stamp,
            boolean changesTarget,
            Engine engine,
            Connection connection) {
        if (changesTarget && liquibase.isUntouched(request.changelog(), engine, connection)) {
            return true;
        }
        return StackUndo.wasNeverDeployed(engine, request.changelog().historyNames(), resource, stamp, connection);
    }

    /**
     * Rolls back the changesets of the deploys that are later than the one that the stack goes back to.
     *
     * @param properties of the custom resource
     * @param target the stamp that the stack goes back to
     * @param parameters of the changelog, in the properties of both deploys: no reason shows their values
     */
    UndoReport rollBack(
            @Nullable Object properties,
            DeploySource source,
            Instant target,
            Map<String, String> parameters,
            Deadline deadline) {
        Optional<MigrationRequest> read = MigrationRequest.forLookBack(properties, changelogFolder);
        if (read.isEmpty()) {
            return new UndoReport(0, "Nothing was rolled back: the properties do not say where the database is");
        }
        MigrationRequest request = read.get();
        Engine engine = engines.apply(request.engine());
        UndoRequest undo = new UndoRequest(
                request.changelog().historyNames(),
                source.resource(),
                target,
                source.requestId().isEmpty() ? UUID.randomUUID().toString() : source.requestId(),
                request.allowsDataLoss(),
                request.lockTimeout(),
                new Redaction(parameters));
        try {
            return runs.inTime(
                    engine,
                    deadline,
                    session -> StackUndo.undo(
                            engine,
                            undo,
                            () -> session.open(
                                    request.database().connectingAtMost(LONGEST_CONNECT),
                                    request.sessionSettings(),
                                    deadline),
                            deadline));
        } catch (MigrationException e) {
            return new UndoReport(0, "The rollback of the database did not end: " + e.getMessage());
        }
    }

    /**
     * Drops the objects that a resource has created in its schema. If the properties cannot be read, the Create was
     * refused because of them: no deploy has run, and there is nothing to drop. A database that no longer exists is a
     * success.
     *
     * @param properties of the custom resource
     * @param resource the custom resource that is deleted
     * @return the outcome, as the end of a sentence
     * @throws MigrationException if not everything could be dropped in time
     */
    String dropAll(@Nullable Object properties, ResourceName resource, Deadline deadline) {
        return MigrationRequest.forLookBack(properties, changelogFolder)
                .map(request -> DropText.tell(outcome(request, resource, deadline)))
                .orElseGet(() -> DropText.tell(new DropOutcome.Kept("no deploy can have run with these properties")));
    }

    private DropOutcome outcome(MigrationRequest request, ResourceName resource, Deadline deadline) {
        Engine engine = engines.apply(request.engine());
        try {
            return runs.inTime(
                    engine,
                    deadline,
                    session -> liquibase.dropAll(
                            request.changelog(),
                            resource,
                            engine,
                            session.open(request.database(), request.sessionSettings(), deadline),
                            request.lockTimeout(),
                            deadline));
        } catch (MigrationException e) {
            return GoneTarget.of(e, engine.failures())
                    .map(DropOutcome.Gone::new)
                    .orElseThrow(() -> e);
        }
    }
}
