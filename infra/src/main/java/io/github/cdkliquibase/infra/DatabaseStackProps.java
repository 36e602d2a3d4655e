package io.github.cdkliquibase.infra;

import io.github.cdkliquibase.infra.migration.ChangelogFolder;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a {@link DatabaseStack} needs to be told.
 *
 * @param migrationLambda the zip that the module migration-lambda builds
 * @param changelog what the database is migrated to
 * @param clock gives the time of this deploy
 */
record DatabaseStackProps(Path migrationLambda, ChangelogFolder changelog, Clock clock) {}
