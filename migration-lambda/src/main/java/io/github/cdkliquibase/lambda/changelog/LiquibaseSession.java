package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.logging.Level;
import liquibase.GlobalConfiguration;
import liquibase.Scope;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.exception.LiquibaseException;
import liquibase.executor.ExecutorService;
import liquibase.lockservice.LockServiceFactory;
import liquibase.resource.CompositeResourceAccessor;
import liquibase.resource.ResourceAccessor;
import liquibase.sql.SqlConfiguration;
import org.jspecify.annotations.Nullable;

/** Liquibase, set up for one run on one connection: its log, its files, its schemas. */
final class LiquibaseSession {

    private LiquibaseSession() {}

    @FunctionalInterface
    interface Work<T> {
        T on(Database database, ChangesetConnection connection);
    }

    /**
     * Does the work in a scope of Liquibase.
     *
     * @param deploymentId for the history rows; Liquibase's own is made once in a JVM
     * @throws MigrationException of the work, or because a schema does not exist
     */
    @SuppressWarnings("try") // ResourceAccessor declares Exception for its close
    static <T> T run(Changelog changelog, Connection connection, String deploymentId, Work<T> work) {
        Redaction redaction = new Redaction(changelog.parameters());
        try (ResourceAccessor folder = accessor(changelog.folder())) {
            Map<String, Object> settings = Map.of(
                    Scope.Attr.logService.name(),
                    new LiquibaseLog(redaction),
                    Scope.Attr.ui.name(),
                    new LiquibaseConsole(redaction),
                    Scope.Attr.resourceAccessor.name(),
                    folder,
                    Scope.Attr.deploymentId.name(),
                    deploymentId,
                    // In subnets without a way out every attempt to report usage would wait for its timeout.
                    "liquibase.analytics.enabled",
                    false,
                    // Or else an XML changelog could have any file and any URL read, whatever the variables say.
                    GlobalConfiguration.SECURE_PARSING.getKey(),
                    true,
                    // Statements stay below what LiquibaseLog lets through, whatever the variables say.
                    SqlConfiguration.SHOW_AT_LOG_LEVEL.getKey(),
                    Level.FINE,
                    // A schema is the one that was named, with its capitals.
                    GlobalConfiguration.PRESERVE_SCHEMA_CASE.getKey(),
                    true);
            return Scope.child(settings, () -> {
                ChangesetConnection liquibases = new ChangesetConnection(connection);
                try {
                    return work.on(database(changelog, connection, liquibases), liquibases);
                } finally {
                    // Liquibase keeps these for each database for as long as the JVM lives, and with them the
                    // connection.
                    Scope.getCurrentScope()
                            .getSingleton(ChangeLogHistoryServiceFactory.class)
                            .resetAll();
                    Scope.getCurrentScope().getSingleton(ExecutorService.class).reset();
                    LockServiceFactory.getInstance().resetAll();
                }
            });
        } catch (MigrationException e) {
            throw e;
        } catch (Exception e) {
            throw FailureReason.ofPreparing(e);
        }
    }

    // Without a folder nothing is found: enough for what needs no changelog.
    private static ResourceAccessor accessor(Path folder) throws IOException {
        return Files.isDirectory(folder) ? FolderResources.of(folder) : new CompositeResourceAccessor();
    }

    private static Database database(Changelog changelog, Connection connection, ChangesetConnection liquibases)
            throws LiquibaseException, SQLException {
        requireSchema("DefaultSchema", changelog.defaultSchema(), connection);
        requireSchema("LiquibaseSchema", changelog.liquibaseSchema(), connection);
        if (changelog.defaultSchema() != null) {
            searchFirst(changelog.defaultSchema(), connection);
        }
        Database database = DatabaseFactory.getInstance().findCorrectDatabaseImplementation(liquibases);
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

    // Puts the schema at the head of the search path, for the whole session. Liquibase would do so too, but after each
    // rollback anew, and without the quotes that some names need.
    private static void searchFirst(String schema, Connection connection) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(
                "SELECT set_config('search_path', quote_ident(?) || ', \"$user\", public', false)")) {
            set.setString(1, schema);
            set.execute();
        }
    }
}
