package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On embedded PostgreSQL, over TLS verify-full. */
final class EmbeddedMigrationIT extends MigrationContract {

    private static EmbeddedDatabase server;

    @BeforeAll
    static void startServer() {
        server = EmbeddedDatabase.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    TargetDatabase newDatabase() {
        return server.another();
    }
}
