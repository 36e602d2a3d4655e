package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.HistoryTables;
import io.github.cdkliquibase.lambda.changelog.files.ChangelogFolder;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.history.ResourceName;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs changelogs with Liquibase. A function that stays warm sees a changed changelog: nothing of a run outlives it.
 *
 * <p>One run at a time in a JVM: Liquibase's own state is global.
 */
public final class LiquibaseMigration {

    private static final SecureRandom RANDOM = new SecureRandom();

    private volatile Optional<MigrationRun> current = Optional.empty();

    /** Makes a runner; it holds no resources. */
    public LiquibaseMigration() {}

    /**
     * Where the run is that is going on, or that ended last, as the end of a clause: {@code " in changeset '…'; 1 of 3
     * changesets were applied and stay"}. Empty before the first changeset. May be asked from any thread.
     */
    public String progressText() {
        return current.map(MigrationRun::progressText).orElse("");
    }

    /**
     * Checks what can be checked without a connection.
     *
     * @throws MigrationException if the folder or the root changelog does not exist, or the file lies outside of the
     *     folder, or the label filter is no expression
     */
    public void check(Changelog changelog) {
        ChangelogFolder.requireFile(changelog.folder(), changelog.file());
        // Without a filter nothing of Liquibase is needed yet.
        if (!changelog.labelFilter().isEmpty()) {
            LabelFilter.check(changelog.labelFilter());
        }
    }

    /**
     * Applies the changesets that the database does not have yet, in their order. A connection that is lost in the middle is
     * replaced, and the run goes on with the changeset that was not committed.
     *
     * @param connections what they give is left open, in an undefined session state
     * @param engine of the database
     * @throws MigrationException if not every changeset could be applied; those before the failed one stay
     */
    public MigrationReport update(
            Changelog changelog,
            RunOptions options,
            DatabaseConnections connections,
            Engine engine,
            Deadline deadline) {
        MigrationRun run = new MigrationRun(
                RunContext.of(changelog, options, connections, engine, deadline, newDeploymentId()));
        current = Optional.of(run);
        return run.execute();
    }

    /**
     * Drops what a resource has made in the default schema, and Liquibase's tables, unless other resources use the schema.
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
     * Whether there is no history of a changelog where the changelog would have it.
     *
     * @param connection stays open
     * @throws MigrationException if the database does not say
     */
    public boolean isUntouched(Changelog changelog, Engine engine, Connection connection) {
        try {
            HistoryTables tables = DroppedSchema.history(engine, changelog, connection);
            return !engine.catalog().hasTable(tables.schema(), tables.history(), connection);
        } catch (SQLException e) {
            throw FailureReason.ofPreparing(e, engine.failures());
        }
    }

    // Ten digits, as Liquibase makes them. Its own are of the clock and made once in a JVM; these are random, since
    // two runs may begin in the same millisecond, and a run knows its own rows in the history by them.
    private static String newDeploymentId() {
        return "%010d".formatted(RANDOM.nextLong(10_000_000_000L));
    }
}
