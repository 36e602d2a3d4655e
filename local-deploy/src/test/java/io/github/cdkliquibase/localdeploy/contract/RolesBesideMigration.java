package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests with both functions, each behind its Provider, and one server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RolesBesideMigration {

    EmbeddedDatabase server;
    Stage roles;
    Stage migrator;

    private final Map<String, String> serverSettings;

    /**
     * Tests on a server of their own.
     *
     * @param serverSettings settings of PostgreSQL by name, values without spaces
     */
    RolesBesideMigration(Map<String, String> serverSettings) {
        this.serverSettings = serverSettings;
    }

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start(serverSettings);
        roles = Stage.behindProvider(settings -> settings.withHandler(RolesScene.HANDLER + "::onEvent"));
        migrator = Stage.behindProvider();
    }

    @AfterAll
    void stop() {
        migrator.close();
        roles.close();
        server.close();
    }

    /**
     * The properties of a migration as the owner of a scene. The migrator's function has a Secrets Manager of its own here.
     *
     * @param more properties of the migration
     */
    Map<String, Object> asOwner(RolesScene scene, Map<String, ?> more) {
        Map<String, Object> properties = new HashMap<>(migrator.properties(scene.database, more));
        properties.put("SecretArn", migrator.secrets.put("owner", scene.secretText(scene.owner)));
        properties.put("Host", scene.database.host());
        properties.put("Port", scene.database.port());
        properties.put("DatabaseName", scene.database.databaseName());
        return properties;
    }
}
