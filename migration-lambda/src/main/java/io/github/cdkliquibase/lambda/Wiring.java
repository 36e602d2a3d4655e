package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.postgresql.PostgresqlEngine;
import io.github.cdkliquibase.lambda.request.EngineName;
import java.nio.file.Path;

/** Puts the parts together. Only this class and the AWS SDK read the function's environment. */
final class Wiring {

    /** Where Lambda unpacks a layer that holds a folder 'changelog'. */
    private static final String DEFAULT_CHANGELOG_DIR = "/opt/changelog";

    private Wiring() {}

    static Migration migration() {
        return new Migration(
                changelogFolder(), ConnectionFactory.withSecretsManager(), new LiquibaseMigration(), Wiring::engine);
    }

    static RolesWork roles() {
        return new RolesWork(changelogFolder(), ConnectionFactory.withSecretsManager(), PostgresqlEngine.create());
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
