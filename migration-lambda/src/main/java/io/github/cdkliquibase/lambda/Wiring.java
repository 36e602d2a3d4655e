package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.postgresql.PostgresqlEngine;
import io.github.cdkliquibase.lambda.request.EngineName;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Puts the parts together. Only this class and the AWS SDK read the function's environment. */
final class Wiring {

    /** Where Lambda unpacks a layer that holds a folder 'changelog'. */
    private static final String DEFAULT_CHANGELOG_DIR = "/opt/changelog";

    private Wiring() {}

    /**
     * Begins to load what every event needs. Called while Lambda initialises the function. The function also starts if a rehearsal
     * fails: the first event tells the reason.
     *
     * @return the longest rehearsal, that of the AWS SDK, on a thread of its own
     */
    static Rehearsal rehearse() {
        // The log is made before a second thread logs: SLF4J would keep the lines of that thread and write them as
        // plain text.
        LoggerFactory.getILoggerFactory();
        Rehearsal sdk = Rehearsal.begin("rehearsal", ConnectionFactory::rehearse);
        Rehearsal.here(PostgresqlEngine::rehearse);
        return sdk;
    }

    static Migration migration(Rehearsal sdk) {
        return new Migration(
                changelogFolder(), ConnectionFactory.withSecretsManager(sdk), new LiquibaseMigration(), Wiring::engine);
    }

    static RolesWork roles(Rehearsal sdk) {
        return new RolesWork(changelogFolder(), ConnectionFactory.withSecretsManager(sdk), PostgresqlEngine.create());
    }

    private static Engine engine(EngineName name) {
        return switch (name) {
            case POSTGRESQL -> PostgresqlEngine.create();
        };
    }

    private static Path changelogFolder() {
        String folder = System.getenv("CHANGELOG_DIR");
        return Path.of(folder == null || folder.isBlank() ? DEFAULT_CHANGELOG_DIR : folder);
    }
}
