package io.github.cdkliquibase.lambda;

import io.github.cdkliquibase.lambda.changelog.LiquibaseMigration;
import io.github.cdkliquibase.lambda.database.ConnectionFactory;
import io.github.cdkliquibase.lambda.deadline.EarlyWork;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.postgresql.PostgresqlEngine;
import io.github.cdkliquibase.lambda.request.EngineName;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Puts the parts together. Only this class and the AWS SDK read the function's environment. */
final class Wiring {

    /** Where Lambda unpacks a layer that holds a folder 'changelog'. */
    private static final String DEFAULT_CHANGELOG_DIR = "/opt/changelog";

    private Wiring() {}

    /** Begins to load what every deploy needs, and provides the migration. Called while Lambda initialises the function. */
    static Supplier<Migration> migration() {
        EarlyWork<Boolean> rehearsal = rehearsal();
        return () -> new Migration(
                changelogFolder(),
                ConnectionFactory.withSecretsManager(rehearsal),
                new LiquibaseMigration(),
                Wiring::engine);
    }

    /** Begins to load what all work with roles needs, and provides that work. Called while Lambda initialises the function. */
    static Supplier<RolesWork> roles() {
        EarlyWork<Boolean> rehearsal = rehearsal();
        return () -> new RolesWork(
                changelogFolder(), ConnectionFactory.withSecretsManager(rehearsal), PostgresqlEngine.create());
    }

    // The longest rehearsal has a thread of its own. A rehearsal that fails is no reason not to start: the event tells.
    private static EarlyWork<Boolean> rehearsal() {
        EarlyWork<Boolean> secret = EarlyWork.begin("rehearsal", ConnectionFactory::rehearse);
        EarlyWork.now(PostgresqlEngine::rehearse);
        return secret;
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
