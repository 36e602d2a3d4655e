package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.time.Duration;
import liquibase.CatalogAndSchema;
import liquibase.LabelExpression;
import liquibase.Labels;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.exception.UnexpectedLiquibaseException;
import org.jspecify.annotations.Nullable;

/**
 * Runs changelogs with Liquibase. Keeps nothing between runs, so a function that stays warm sees a changed changelog.
 *
 * <p>One run at a time in a JVM: Liquibase's own state is global.
 */
public final class LiquibaseMigration {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private volatile @Nullable ChangesetProgress current;

    /** Makes a runner; it holds no resources. */
    public LiquibaseMigration() {}

    /**
     * Where the run is that is going on, or that ended last, in words for a reason: {@code " in changeset '…'; 1 of 3
     * changesets were applied and stay"}. Empty before the first changeset. May be asked from any thread.
     */
    public String howFar() {
        ChangesetProgress progress = current;
        return progress == null ? "" : progress.howFar();
    }

    /**
     * Checks what can be checked without a connection.
     *
     * @throws MigrationException if the folder or the root changelog does not exist, or the file lies outside of the
     *     folder, or the label filter is no expression
     */
    public void check(Changelog changelog) {
        ChangelogFolder.requireFile(changelog.folder(), changelog.file());
        try {
            new LabelExpression(changelog.labelFilter()).matches(new Labels("any"));
        } catch (UnexpectedLiquibaseException e) {
            throw new MigrationException(
                    "Property 'LabelFilter' must be an expression of labels, such as 'v1 and !beta', got %s"
                            .formatted(Text.quote(changelog.labelFilter())),
                    e);
        }
    }

    /**
     * Applies the changesets that the database does not have yet, in their order.
     *
     * @param connection to the database; stays open, and is left in an undefined session state
     * @param lockTimeout how long a statement inside a transaction waits for a table lock, before its changeset is
     *     rolled back and tried again until the deadline
     * @throws MigrationException if not every changeset could be applied; those before the failed one stay
     */
    public MigrationReport update(Changelog changelog, Connection connection, Duration lockTimeout, Deadline deadline) {
        String deploymentId = newDeploymentId();
        Redaction redaction = new Redaction(changelog.parameters());
        ChangesetProgress progress = new ChangesetProgress(connection, lockTimeout, deadline);
        FailureReason reason = new FailureReason(changelog, progress, deadline, redaction);
        current = progress;
        return LiquibaseSession.run(changelog, connection, deploymentId, database -> {
            Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
            while (true) {
                ParsedChangelog parsed = read(changelog, database, reason);
                try {
                    apply(parsed, database, progress, deadline);
                    return report(parsed, progress, deploymentId);
                } catch (LiquibaseException | RuntimeException | Error e) {
                    Duration pause = backoff.next();
                    if (!progress.lostATableLock(e) || !Backoff.sleep(pause, deadline)) {
                        throw reason.of(e);
                    }
                    progress.triesAgain(pause);
                }
            }
        });
    }

    /**
     * Drops what Liquibase finds in the default schema, the history tables included.
     *
     * @param connection to the database; stays open
     * @throws MigrationException if something could not be dropped
     */
    public void dropAll(Changelog changelog, Connection connection, Deadline deadline) {
        LiquibaseSession.run(changelog, connection, newDeploymentId(), database -> {
            try (ChangelogLock lock = new ChangelogLock(database)) {
                lock.acquire(deadline);
                new Liquibase(changelog.file(), Scope.getCurrentScope().getResourceAccessor(), database)
                        .dropAll(new CatalogAndSchema(null, database.getDefaultSchemaName()));
            } catch (LiquibaseException | RuntimeException e) {
                throw FailureReason.ofDrop(e);
            }
            return true;
        });
    }

    private static ParsedChangelog read(Changelog changelog, Database database, FailureReason reason) {
        try {
            return ParsedChangelog.read(changelog, database);
        } catch (LiquibaseException | RuntimeException e) {
            throw reason.ofParsing(e);
        }
    }

    private static void apply(ParsedChangelog parsed, Database database, ChangesetProgress progress, Deadline deadline)
            throws LiquibaseException {
        try (ChangelogLock lock = new ChangelogLock(database)) {
            int pending = parsed.pending();
            if (pending > 0) {
                lock.acquire(deadline);
                // Another run may have applied them while this one waited.
                pending = parsed.pending();
            }
            progress.begins(pending);
            parsed.update(progress);
        }
    }

    private static MigrationReport report(ParsedChangelog parsed, ChangesetProgress progress, String deploymentId)
            throws LiquibaseException {
        return new MigrationReport(
                progress.applied(),
                parsed.total(),
                progress.lastApplied().isEmpty()
                        ? ChangesetProgress.shown(parsed.newestInHistory())
                        : progress.lastApplied(),
                progress.applied() == 0 ? "" : deploymentId,
                progress.firstStart());
    }

    // Ten digits of the clock, as Liquibase makes them; its own is made once in a JVM.
    private static String newDeploymentId() {
        return String.valueOf(System.currentTimeMillis()).substring(3);
    }
}
