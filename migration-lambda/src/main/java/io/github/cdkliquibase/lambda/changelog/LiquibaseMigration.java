package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import liquibase.CatalogAndSchema;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.RuntimeEnvironment;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.ChangeLogHistoryService;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeLogIterator;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.FastCheckService;
import liquibase.changelog.RanChangeSet;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.changelog.visitor.ListVisitor;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.DirectoryResourceAccessor;
import org.jspecify.annotations.Nullable;
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
        return inScope(
                changelog,
                connection,
                deploymentId,
                database -> update(changelog, connection, database, lockTimeout, deadline, deploymentId));
    }

    /**
     * Drops what Liquibase finds in the default schema, the history tables included.
     *
     * @param connection to the database; stays open
     * @throws MigrationException if something could not be dropped
     */
    public void dropAll(Changelog changelog, Connection connection, Deadline deadline) {
        inScope(changelog, connection, newDeploymentId(), database -> {
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

    private MigrationReport update(
            Changelog changelog,
            Connection connection,
            Database database,
            Duration lockTimeout,
            Deadline deadline,
            String deploymentId) {
        ChangesetProgress progress = new ChangesetProgress(connection, lockTimeout, deadline);
        FailureReason reason = new FailureReason(changelog, progress);
        Duration pause = FIRST_PAUSE;
        while (true) {
            // Parsed anew for each attempt: Liquibase's changesets remember what happened to them.
            DatabaseChangeLog parsed = parse(changelog, database, reason);
            try (ChangelogLock lock = new ChangelogLock(database)) {
                return update(changelog, parsed, database, lock, progress, deadline, deploymentId);
            } catch (LiquibaseException | RuntimeException e) {
                Duration jittered = pause.multipliedBy(
                                ThreadLocalRandom.current().nextInt(50, 151))
                        .dividedBy(100);
                if (!progress.lostATableLock(e) || deadline.left().compareTo(jittered) <= 0) {
                    throw reason.of(e);
                }
                LOG.atWarn()
                        .addKeyValue("event", "changeset.retry")
                        .addKeyValue("changeset", progress.failedChangeset())
                        .addKeyValue("pauseMillis", jittered.toMillis())
                        .log("A table lock was not to be had within {}; rolled back, and tried again", lockTimeout);
                sleep(jittered, e, reason);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private static MigrationReport update(
            Changelog changelog,
            DatabaseChangeLog parsed,
            Database database,
            ChangelogLock lock,
            ChangesetProgress progress,
            Deadline deadline,
            String deploymentId)
            throws LiquibaseException {
        Contexts contexts = new Contexts(changelog.contexts());
        LabelExpression labels = new LabelExpression(changelog.labelFilter());
        Liquibase liquibase = new Liquibase(parsed, Scope.getCurrentScope().getResourceAccessor(), database);
        changelog.parameters().forEach(liquibase::setChangeLogParameter);
        liquibase.setChangeExecListener(progress);
        liquibase.setShowSummary(UpdateSummaryEnum.OFF);

        // Liquibase remembers in the JVM that a changelog's path is up to date, whatever the file holds by now.
        Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
        List<ChangeSet> pending = liquibase.listUnrunChangeSets(contexts, labels, false);
        if (!pending.isEmpty()) {
            lock.acquire(deadline);
            // Another run may have applied them while this one waited.
            history(database).reset();
            pending = liquibase.listUnrunChangeSets(contexts, labels, false);
        }
        progress.begins(pending.size());
        liquibase.update(contexts, labels);
        return new MigrationReport(
                progress.applied(),
                total(parsed, database, contexts, labels),
                progress.lastApplied().isEmpty() ? newestInHistory(database) : progress.lastApplied(),
                progress.applied() == 0 ? "" : deploymentId,
                progress.firstStart());
    }

    private static DatabaseChangeLog parse(Changelog changelog, Database database, FailureReason reason) {
        Liquibase liquibase =
                new Liquibase(changelog.file(), Scope.getCurrentScope().getResourceAccessor(), database);
        changelog.parameters().forEach(liquibase::setChangeLogParameter);
        liquibase.getChangeLogParameters().setContexts(new Contexts(changelog.contexts()));
        liquibase.getChangeLogParameters().setLabels(new LabelExpression(changelog.labelFilter()));
        try {
            return liquibase.getDatabaseChangeLog();
        } catch (LiquibaseException | RuntimeException e) {
            throw reason.ofParsing(e);
        }
    }

    private static int total(DatabaseChangeLog parsed, Database database, Contexts contexts, LabelExpression labels)
            throws LiquibaseException {
        ListVisitor all = new ListVisitor();
        new ChangeLogIterator(
                        parsed,
                        new ContextChangeSetFilter(contexts),
                        new LabelChangeSetFilter(labels),
                        new DbmsChangeSetFilter(database),
                        new IgnoreChangeSetFilter())
                .run(all, new RuntimeEnvironment(database, contexts, labels));
        return all.getSeenChangeSets().size();
    }

    private static String newestInHistory(Database database) throws LiquibaseException {
        List<RanChangeSet> ran = history(database).getRanChangeSets();
        if (ran.isEmpty()) {
            return "";
        }
        RanChangeSet newest = ran.get(ran.size() - 1);
        return newest.getChangeLog() + "::" + newest.getId() + "::" + newest.getAuthor();
    }

    private static ChangeLogHistoryService history(Database database) {
        return Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .getChangeLogService(database);
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Database database);
    }

    @SuppressWarnings("try") // DirectoryResourceAccessor declares Exception for its close
    private static <T> T inScope(Changelog changelog, Connection connection, String deploymentId, Work<T> work) {
        Redaction redaction = new Redaction(changelog.parameters());
        try (DirectoryResourceAccessor folder = accessor(changelog.folder())) {
            return Scope.child(
                    Map.of(
                            Scope.Attr.logService.name(),
                            new LiquibaseLog(redaction),
                            Scope.Attr.ui.name(),
                            new LiquibaseConsole(redaction),
                            Scope.Attr.resourceAccessor.name(),
                            folder,
                            Scope.Attr.deploymentId.name(),
                            deploymentId),
                    () -> work.on(database(changelog, connection)));
        } catch (MigrationException e) {
            throw e;
        } catch (Exception e) {
            throw FailureReason.ofPreparing(e);
        }
    }

    private static DirectoryResourceAccessor accessor(Path folder) {
        try {
            return new DirectoryResourceAccessor(folder);
        } catch (FileNotFoundException e) {
            throw ChangelogFolder.missing(folder);
        }
    }

    private static Database database(Changelog changelog, Connection connection)
            throws LiquibaseException, SQLException {
        requireSchema("DefaultSchema", changelog.defaultSchema(), connection);
        requireSchema("LiquibaseSchema", changelog.liquibaseSchema(), connection);
        if (changelog.defaultSchema() != null) {
            searchFirst(changelog.defaultSchema(), connection);
        }
        Database database =
                DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
        if (changelog.defaultSchema() != null) {
            database.setDefaultSchemaName(changelog.defaultSchema());
        }
        if (changelog.liquibaseSchema() != null) {
            database.setLiquibaseSchemaName(changelog.liquibaseSchema());
        }
        return database;
    }

    private static void requireSchema(String property, @Nullable String schema, Connection connection)
            throws SQLException {
        if (schema == null) {
            return;
        }
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
            query.setString(1, schema);
            try (ResultSet found = query.executeQuery()) {
                if (!found.next()) {
                    throw new MigrationException(
                            "Property '%s' names schema %s, which does not exist in the database. Create it first: no schema is created by itself"
                                    .formatted(property, Text.quote(schema)));
                }
            }
        }
    }

    /**
     * Puts the schema at the head of the search path, for the whole session. Liquibase would do so too, but after each
     * rollback anew, and without the quotes that some names need.
     */
    private static void searchFirst(String schema, Connection connection) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(
                "SELECT set_config('search_path', quote_ident(?) || ', \"$user\", public', false)")) {
            set.setString(1, schema);
            set.execute();
        }
    }

    /** Ten digits of the clock, as Liquibase makes them; its own is made once in a JVM. */
    private static String newDeploymentId() {
        return String.valueOf(System.currentTimeMillis()).substring(3);
    }

    private static void sleep(Duration pause, Exception failure, FailureReason reason) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reason.of(failure);
        }
    }
}
