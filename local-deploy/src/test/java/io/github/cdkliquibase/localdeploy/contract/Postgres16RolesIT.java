package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** On PostgreSQL 16. */
@Tag("slow")
final class Postgres16RolesIT extends RolesContract {

    @Override
    EmbeddedDatabase start(Map<String, String> settings) {
        return EmbeddedDatabase.start(PostgresVersions.jar(16), settings);
    }
}
