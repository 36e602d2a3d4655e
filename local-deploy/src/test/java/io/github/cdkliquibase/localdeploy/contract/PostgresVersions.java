package io.github.cdkliquibase.localdeploy.contract;

import java.nio.file.Path;

/** The servers of other versions, which the build has put beside the tests. */
final class PostgresVersions {

    private static final Path FOLDER = Path.of(System.getProperty("localdeploy.postgres"));

    private PostgresVersions() {}

    static Path jar(int majorVersion) {
        return FOLDER.resolve(majorVersion + ".jar");
    }
}
