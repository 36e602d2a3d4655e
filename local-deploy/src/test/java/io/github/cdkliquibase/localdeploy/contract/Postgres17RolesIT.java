package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** On PostgreSQL 17, the version that everything else runs on. */
@Tag("slow")
final class Postgres17RolesIT extends RolesContract {

    @Override
    EmbeddedDatabase start(Map<String, String> settings) {
        return EmbeddedDatabase.start(settings);
    }
}
