package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import java.nio.file.Path;

/** Puts the parts together. Only this class and the AWS SDK read the function's environment. */
final class Wiring {

    /** Where Lambda unpacks a layer that holds a folder 'changelog'. */
    private static final String DEFAULT_CHANGELOG_DIR = "/opt/changelog";

    private Wiring() {}

    static Migration fromEnvironment() {
        return new Migration(changelogFolder(), ConnectionFactory.withSecretsManager(), new LiquibaseMigration());
    }

    static RolesWork rolesFromEnvironment() {
        return new RolesWork(changelogFolder(), ConnectionFactory.withSecretsManager());
    }

    private static Path changelogFolder() {
        String folder = System.getenv("CHANGELOG_DIR");
        return Path.of(folder == null || folder.isBlank() ? DEFAULT_CHANGELOG_DIR : folder);
    }
}
