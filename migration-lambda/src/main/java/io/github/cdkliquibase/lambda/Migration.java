package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work behind every door: from properties to a migrated database. Knows nothing of events and answers. */
final class Migration {

    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

    private final Path changelogFolder;
    private final ConnectionFactory connections;
    private final LiquibaseMigration liquibase;

    Migration(Path changelogFolder, ConnectionFactory connections, LiquibaseMigration liquibase) {
        this.changelogFolder = changelogFolder;
        this.connections = connections;
        this.liquibase = liquibase;
    }

    /**
     * Applies what is pending.
     *
     * @param properties of the custom resource
     * @throws MigrationException if a property is wrong, or not everything could be applied
     */
    MigrationReport update(@Nullable Object properties, Deadline deadline) {
        MigrationRequest request = read(() -> MigrationRequest.from(properties, changelogFolder));
        LiquibaseMigration.requireChangelog(request.changelog());
        Connection connection = connectWhileLiquibaseLoads(request.database(), deadline);
        try {
            return liquibase.update(request.changelog(), connection, request.lockTimeout(), deadline);
        } finally {
            close(connection);
        }
    }

    /**
     * Drops what is in the schema.
     *
     * @param properties of the custom resource
     * @throws MigrationException if a property is wrong, or not everything could be dropped
     */
    void dropAll(@Nullable Object properties, Deadline deadline) {
        MigrationRequest request = read(() -> MigrationRequest.forDelete(properties, changelogFolder));
        Connection connection = connections.open(request.database(), deadline);
        try {
            liquibase.dropAll(request.changelog(), connection, deadline);
        } finally {
            close(connection);
        }
    }

    /** Liquibase's classes are most of what a cold start loads, and a connection is mostly waiting. */
    private Connection connectWhileLiquibaseLoads(DatabaseTarget database, Deadline deadline) {
        FutureTask<Connection> connecting = new FutureTask<>(() -> connections.open(database, deadline));
        Thread.ofPlatform().daemon().name("connect").start(connecting);
        LiquibaseMigration.load();
        try {
            return connecting.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MigrationException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted while connecting", e);
        }
    }

    /** Bad input is told in its own words. Later, such an exception would be foreign, and its message not to be shown. */
    private static MigrationRequest read(Supplier<MigrationRequest> properties) {
        try {
            return properties.get();
        } catch (IllegalArgumentException e) {
            throw new MigrationException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What was committed stays committed, so a connection that cannot be closed does not turn a success into a failure. */
    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.warn("The connection could not be closed", e);
        }
    }
}
