package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.util.Map;

/** On PostgreSQL 18. */
final class Postgres18RolesIT extends RolesContract {

    @Override
    EmbeddedDatabase start(Map<String, String> settings) {
        return EmbeddedDatabase.start(PostgresVersions.jar(18), settings);
    }
}
