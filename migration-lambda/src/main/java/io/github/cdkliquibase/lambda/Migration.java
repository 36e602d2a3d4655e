package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.DatabaseConnections;
import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.changelog.RunOptions;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.database.DatabaseSession;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work behind every door: from properties to a migrated database. Knows nothing of events and answers. */
final class Migration {

    private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

    private final Path changelogFolder;
    private final LiquibaseMigration liquibase;
    private final TimedRun runs;

    Migration(Path changelogFolder, ConnectionFactory connections, LiquibaseMigration liquibase) {
        this.changelogFolder = changelogFolder;
        this.liquibase = liquibase;
        this.runs = new TimedRun(connections, liquibase::progressText);
    }

    /**
     * Applies what is pending.
     *
     * @param properties of the custom resource
     * @param resource stack and logical id of the custom resource, in words; empty if the event does not say
     * @throws MigrationException if a property is wrong, or not everything could be applied in time
     */
    MigrationReport update(@Nullable Object properties, String resource, Deadline deadline) {
        MigrationRequest request = BadInput.told(() -> MigrationRequest.from(properties, changelogFolder));
        liquibase.check(request.changelog());
        RunOptions options = new RunOptions(
                request.lockTimeout(), request.undefinedParameters(), request.restartChangeset(), resource);
        return runs.inTime(
                deadline,
                session -> liquibase.update(
                        request.changelog(), options, connections(session, request, deadline), deadline));
    }

    private static DatabaseConnections connections(
            DatabaseSession session, MigrationRequest request, Deadline deadline) {
        return new DatabaseConnections() {
            @Override
            public Connection open() {
                return session.open(request.database(), Optional.of(request.lockTimeout()), deadline);
            }

            @Override
            public Connection openAside() throws SQLException {
                return session.openAside(request.database(), deadline);
            }
        };
    }

    /**
     * Drops what is in the schema. Properties that cannot be read are those of a Create that was refused for them: then
     * nothing was ever run, and there is nothing to drop.
     *
     * @param properties of the custom resource
     * @throws MigrationException if not everything could be dropped in time
     */
    void dropAll(@Nullable Object properties, Deadline deadline) {
        Optional<MigrationRequest> request = MigrationRequest.forDelete(properties, changelogFolder);
        if (request.isEmpty()) {
            LOG.warn("Nothing is dropped: no run can have had these properties");
            return;
        }
        runs.inTime(deadline, session -> {
            MigrationRequest asked = request.get();
            List<String> left = liquibase.dropAll(
                    asked.changelog(),
                    session.open(asked.database(), Optional.of(asked.lockTimeout()), deadline),
                    deadline);
            if (!left.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("event", "schema.left")
                        .addKeyValue("count", left.size())
                        .log(
                                "{} objects stay in the schema, of other owners or needed by other schemas, such as {}",
                                left.size(),
                                Text.quote(left.get(0)));
            }
            return true;
        });
    }
}
