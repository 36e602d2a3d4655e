package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.util.Map;

/** On PostgreSQL 17, the version that everything else runs on. */
final class Postgres17RolesIT extends RolesContract {

    @Override
    EmbeddedDatabase start(Map<String, String> settings) {
        return EmbeddedDatabase.start(settings);
    }
}
