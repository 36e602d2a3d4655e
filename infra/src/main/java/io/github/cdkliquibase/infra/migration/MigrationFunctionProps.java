package io.github.cdkliquibase.infra.migration;

import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awscdk.services.ec2.IVpc;

/**
 * What a {@link MigrationFunction} needs to be told.
 *
 * @param vpc where it runs; it uses the isolated subnets
 * @param archive the zip that the module migration-lambda builds
 * @param changelog what it migrates to
 */
public record MigrationFunctionProps(IVpc vpc, Path archive, ChangelogFolder changelog) {

    public MigrationFunctionProps {
        if (!Files.isRegularFile(archive)) {
            throw new IllegalArgumentException("Archive of the migration function must be a file, got '" + archive
                    + "'. Build it with 'mvn -q -DskipTests package' at the root of the project");
        }
    }
}
