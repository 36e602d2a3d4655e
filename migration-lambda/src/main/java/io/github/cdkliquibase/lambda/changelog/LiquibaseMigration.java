package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.files.ChangelogFolder;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.history.ResourceName;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs changelogs with Liquibase. No state of a changelog outlives a run, so a warm function sees a changed changelog.
 *
 * <p>One run at a time in a JVM: Liquibase's own state is global.
 */
public final class LiquibaseMigration {

    private static final SecureRandom RANDOM = new SecureRandom();

    private volatile Optional<MigrationRun> current = Optional.empty();
    private Optional<Rehearsal> classes = Optional.empty();

    /** Makes a runner; it holds no resources. */
    public LiquibaseMigration() {}

    /**
     * Says where the current or the last run is, as the end of a clause: {@code " in changeset '…'; 1 of 3 changesets
     * were applied and stay"}. Empty before the first changeset. May be asked from any thread.
     */
    public String progressText() {
        return current.map(MigrationRun::progressText).orElse("");
    }

    /**
     * Checks the changelog's file. Nothing of Liquibase is needed.
     *
     * @throws MigrationException if the folder or the root changelog does not exist, or the file lies outside of the folder
     */
    public void requireFile(Changelog changelog) {
        ChangelogFolder.requireFile(changelog.folder(), changelog.file());
    }

    /**
     * Checks what Liquibase understands without a connection.
     *
     * @throws MigrationException if the label filter is not an expression
     */
    public void check(Changelog changelog) {
        if (!changelog.labelFilter().isEmpty()) {
            LabelFilter.check(changelog.labelFilter());
        }
    }

    /**
     * Applies the pending changesets in order. If the connection is lost, the run opens a new one and continues with
     * the changeset that was not committed.
     *
     * @param connections the connections stay open, in an undefined session state
     * @param engine of the database
     * @throws MigrationException if not every changeset could be applied; those before the failed one stay
     */
    public MigrationReport update(
            Changelog changelog,
            RunOptions options,
            DatabaseConnections connections,
            Engine engine,
            Deadline deadline) {
        if (classes.isEmpty()) {
            classes = Optional.of(LiquibaseClasses.load());
        }
        String id = options.deploy().map(Deploy::id).orElseGet(LiquibaseMigration::newDeploymentId);
        MigrationRun run = new MigrationRun(RunContext.of(changelog, options, connections, engine, deadline, id));
        current = Optional.of(run);
        return run.execute();
    }

    /**
     * Drops the objects that a resource has created in the default schema, and Liquibase's tables, unless other
     * resources use the schema.
     *
     * @param connection with auto-commit on; stays open
     * @param lockTimeout of its session
     * @throws MigrationException if something could not be dropped
     */
    public DropOutcome dropAll(
            Changelog changelog,
            ResourceName resource,
            Engine engine,
            Connection connection,
            Duration lockTimeout,
            Deadline deadline) {
        try {
            return DroppedSchema.drop(engine, changelog, resource, connection, lockTimeout, deadline);
        } catch (SQLException e) {
            throw FailureReason.ofDrop(e, engine.failures());
        }
    }

    /**
     * Whether the place of a changelog's history is empty.
     *
     * @param connection stays open
     * @throws MigrationException if the database cannot be asked
     */
    public boolean isUntouched(Changelog changelog, Engine engine, Connection connection) {
        try {
            HistoryTables tables = DroppedSchema.history(engine, changelog, connection);
            return !engine.catalog().hasTable(tables.schema(), tables.history(), connection);
        } catch (SQLException e) {
            throw FailureReason.ofPreparing(e, engine.failures());
        }
    }

    /**
     * A new deployment id: ten digits, as in Liquibase. Liquibase makes an id from the clock, once in a JVM. These ids are random: two
     * runs may begin in the same millisecond, and a run finds its own rows in the history by its id.
     */
    public static String newDeploymentId() {
        return "%010d".formatted(RANDOM.nextLong(10_000_000_000L));
    }
}
