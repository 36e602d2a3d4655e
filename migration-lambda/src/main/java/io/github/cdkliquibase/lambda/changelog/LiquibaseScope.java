package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetConnection;
import io.github.cdkliquibase.lambda.changelog.files.FolderResources;
import io.github.cdkliquibase.lambda.changelog.output.LiquibaseConsole;
import io.github.cdkliquibase.lambda.changelog.output.LiquibaseLog;
import io.github.cdkliquibase.lambda.changelog.output.OutputLimit;
import io.github.cdkliquibase.lambda.changelog.output.PrintedLines;
import io.github.cdkliquibase.lambda.engine.Catalog;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import liquibase.GlobalConfiguration;
import liquibase.Scope;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.exception.LiquibaseException;
import liquibase.executor.ExecutorService;
import liquibase.lockservice.LockServiceFactory;
import liquibase.sql.SqlConfiguration;
import org.jspecify.annotations.Nullable;

/** Liquibase, set up for one run: its log, its files, its settings, and a database for each connection. */
final class LiquibaseScope {

    private LiquibaseScope() {}

    /** Work that runs in the scope. */
    @FunctionalInterface
    interface Work<T> {

        /** Does the work with the files of the changelog. */
        T with(FolderResources files) throws Exception;
    }

    /**
     * Does the work in a scope of Liquibase.
     *
     * @param deploymentId for the history rows; Liquibase's own is made once in a JVM
     * @param serverMessages whether the log shows the notices and warnings that the server sends
     * @param failures says what a failure of the database means
     * @throws MigrationException if the work throws it, or if Liquibase could not be set up
     */
    @SuppressWarnings("try") // what is printed is redirected as long as the resource is open
    static <T> T run(
            Changelog changelog, String deploymentId, boolean serverMessages, Failures failures, Work<T> work) {
        Redaction redaction = new Redaction(changelog.parameters());
        try (FolderResources files = FolderResources.of(changelog.folder());
                OutputLimit limit = new OutputLimit();
                PrintedLines printed = PrintedLines.redirect(redaction, limit)) {
            Map<String, Object> settings = Map.of(
                    Scope.Attr.logService.name(),
                    new LiquibaseLog(redaction, limit),
                    Scope.Attr.ui.name(),
                    new LiquibaseConsole(redaction, limit),
                    Scope.Attr.resourceAccessor.name(),
                    files,
                    Scope.Attr.deploymentId.name(),
                    deploymentId,
                    // In subnets without internet access every attempt to report usage would wait for its timeout.
                    "liquibase.analytics.enabled",
                    false,
                    // Otherwise an XML changelog could read any file and any URL. No variable can change this.
                    GlobalConfiguration.SECURE_PARSING.getKey(),
                    true,
                    // Statements stay below the level of LiquibaseLog. No variable can change this.
                    SqlConfiguration.SHOW_AT_LOG_LEVEL.getKey(),
                    Level.FINE,
                    // The messages can hold rows, even if a changeset asks the server for them.
                    SqlConfiguration.SHOW_SQL_WARNING_MESSAGES.getKey(),
                    serverMessages,
                    // This setting is global in Liquibase. With it left alone, a change with a schema in capitals finds
                    // the schema in lower case, as changelogs for several databases expect.
                    GlobalConfiguration.PRESERVE_SCHEMA_CASE.getKey(),
                    namesACapital(changelog));
            SettingSources.use();
            return Scope.child(settings, () -> work.with(files));
        } catch (MigrationException e) {
            throw e;
        } catch (Exception e) {
            throw FailureReason.ofPreparing(e, failures);
        }
    }

    private static boolean namesACapital(Changelog changelog) {
        return Stream.of(changelog.defaultSchema(), changelog.history().schema())
                .anyMatch(schema -> schema != null && schema.codePoints().anyMatch(Character::isUpperCase));
    }

    /**
     * Liquibase's view of a connection.
     *
     * @throws MigrationException if a schema that the properties name does not exist
     */
    static Database database(Changelog changelog, ChangesetConnection liquibaseConnection, Engine engine)
            throws LiquibaseException {
        Connection connection = liquibaseConnection.getUnderlyingConnection();
        try {
            requireSchema("DefaultSchema", changelog.defaultSchema(), engine.catalog(), connection);
            requireSchema("LiquibaseSchema", changelog.history().schema(), engine.catalog(), connection);
            if (changelog.defaultSchema() != null) {
                engine.catalog().searchFirst(changelog.defaultSchema(), connection);
            }
        } catch (SQLException e) {
            throw FailureReason.ofPreparing(e, engine.failures());
        }
        Database database = DatabaseFactory.getInstance().findCorrectDatabaseImplementation(liquibaseConnection);
        if (changelog.defaultSchema() != null) {
            database.setDefaultSchemaName(changelog.defaultSchema());
        }
        if (changelog.history().schema() != null) {
            database.setLiquibaseSchemaName(changelog.history().schema());
        }
        database.setDatabaseChangeLogTableName(changelog.history().table());
        database.setDatabaseChangeLogLockTableName(changelog.history().lockTable());
        return database;
    }

    private static void requireSchema(String property, @Nullable String schema, Catalog catalog, Connection connection)
            throws SQLException {
        if (schema != null && !catalog.hasSchema(schema, connection)) {
            throw new MigrationException(
                    "Property '%s' names schema %s, which does not exist in the database. Create it first: no schema is created by itself"
                            .formatted(property, Text.quote(schema)));
        }
    }

    /** Removes the database, and with it the connection, from Liquibase's caches, which live as long as the JVM. */
    static void forget() {
        Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .resetAll();
        Scope.getCurrentScope().getSingleton(ExecutorService.class).reset();
        LockServiceFactory.getInstance().resetAll();
    }
}
