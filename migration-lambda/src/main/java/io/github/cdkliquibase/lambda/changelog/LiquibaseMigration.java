package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Backoff;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.sql.Connection;
import java.time.Duration;
import liquibase.CatalogAndSchema;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.change.ChangeFactory;
import liquibase.command.CommandFactory;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.exception.LiquibaseException;
import liquibase.lockservice.LockServiceFactory;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs changelogs with Liquibase. Keeps nothing between runs, so a function that stays warm sees a changed changelog.
 *
 * <p>One run at a time in a JVM: Liquibase's own state is global.
 */
public final class LiquibaseMigration {

    private static final Logger LOG = LoggerFactory.getLogger(LiquibaseMigration.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    static {
        // In subnets without a way out every attempt to report usage would wait for its timeout.
        System.setProperty("liquibase.analytics.enabled", "false");
    }

    /** Makes a runner; it holds no resources. */
    public LiquibaseMigration() {}

    /**
     * Loads the classes that every run needs, once in a JVM. A caller that has to wait for a connection gets them for
     * nothing; to leave it out changes nothing but the time.
     */
    public static void load() {
        DatabaseFactory.getInstance();
        ChangeLogParserFactory.getInstance();
        SqlGeneratorFactory.getInstance();
        LockServiceFactory.getInstance();
        Scope.getCurrentScope().getSingleton(ChangeFactory.class);
        Scope.getCurrentScope().getSingleton(CommandFactory.class);
    }

    /**
     * Checks that the root changelog is there, without a connection.
     *
     * @throws MigrationException if the folder or the file does not exist, or the file lies outside of the folder
     */
    public static void requireChangelog(Changelog changelog) {
        ChangelogFolder.requireFile(changelog.folder(), changelog.file());
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
        ChangesetProgress progress = new ChangesetProgress(connection, lockTimeout, deadline);
        FailureReason reason = new FailureReason(changelog, progress);
        return LiquibaseSession.run(changelog, connection, deploymentId, database -> {
            Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
            while (true) {
                ParsedChangelog parsed = read(changelog, database, reason);
                try {
                    apply(parsed, database, progress, deadline);
                    return report(parsed, progress, deploymentId);
                } catch (LiquibaseException | RuntimeException e) {
                    Duration pause = backoff.next();
                    if (!progress.lostATableLock(e) || !Backoff.sleep(pause, deadline)) {
                        throw reason.of(e);
                    }
                    LOG.atWarn()
                            .addKeyValue("event", "changeset.retry")
                            .addKeyValue("changeset", progress.failedChangeset())
                            .addKeyValue("pauseMillis", pause.toMillis())
                            .log("A table lock was not to be had within {}; rolled back, and tried again", lockTimeout);
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
            return database;
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
                progress.lastApplied().isEmpty() ? parsed.newestInHistory() : progress.lastApplied(),
                progress.applied() == 0 ? "" : deploymentId,
                progress.firstStart());
    }

    /** Ten digits of the clock, as Liquibase makes them; its own is made once in a JVM. */
    private static String newDeploymentId() {
        return String.valueOf(System.currentTimeMillis()).substring(3);
    }
}
