package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.changelog.MigrationReport;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.nio.file.Path;
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
        this.runs = new TimedRun(connections, liquibase::howFar);
    }

    /**
     * Applies what is pending.
     *
     * @param properties of the custom resource
     * @throws MigrationException if a property is wrong, or not everything could be applied in time
     */
    MigrationReport update(@Nullable Object properties, Deadline deadline) {
        MigrationRequest request = BadInput.told(() -> MigrationRequest.from(properties, changelogFolder));
        liquibase.check(request.changelog());
        return runs.inTime(
                deadline,
                session -> liquibase.update(
                        request.changelog(),
                        () -> session.open(request.database(), deadline),
                        request.lockTimeout(),
                        deadline));
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
            liquibase.dropAll(
                    request.get().changelog(), session.open(request.get().database(), deadline), deadline);
            return true;
        });
    }
}
