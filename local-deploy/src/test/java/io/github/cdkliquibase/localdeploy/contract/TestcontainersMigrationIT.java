package io.github.cdkliquibase.localdeploy.contract;

import io.github.cdkliquibase.stage.database.ExistingDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** On PostgreSQL in a container, where a Docker engine answers. */
@Tag("slow")
@Testcontainers(disabledWithoutDocker = true)
final class TestcontainersMigrationIT extends MigrationContract {

    @Container
    private static final PostgreSQLContainer SERVER =
            new PostgreSQLContainer("postgres:17-alpine").withUsername("owner").withPassword("container-only-password");

    private int databases;

    @Override
    TargetDatabase newDatabase() throws SQLException {
        String name = "contract_" + ++databases;
        try (Connection connection = SERVER.createConnection("");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        String url = "jdbc:postgresql://%s:%d/%s".formatted(SERVER.getHost(), SERVER.getFirstMappedPort(), name);
        return ExistingDatabase.of(url, SERVER.getUsername(), SERVER.getPassword(), "disable", null);
    }
}
