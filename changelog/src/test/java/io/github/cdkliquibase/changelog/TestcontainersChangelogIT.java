package io.github.cdkliquibase.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;

@Testcontainers(disabledWithoutDocker = true)
final class TestcontainersChangelogIT extends ChangelogContract {
    @Container
    private static final PostgreSQLContainer POSTGRES = new PostgreSQLContainer("postgres:17-alpine");

    @Override
    Connection connect() throws SQLException {
        return POSTGRES.createConnection("");
    }
}
