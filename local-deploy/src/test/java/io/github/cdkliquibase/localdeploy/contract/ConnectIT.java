package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.localdeploy.cloudformation.Answer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can pass by itself is tried again and told, attempt by attempt; what cannot is not. */
final class ConnectIT extends WarmFunction {

    ConnectIT() {
        super(Duration.ofSeconds(20));
    }

    @BeforeEach
    void write() {
        stage.sql("--changeset ann:1\nselect 1;\n");
    }

    @Test
    void aServerThatIsFullIsTriedAgain() {
        String user = Objects.requireNonNull(Stage.query(database, "select current_user"));
        limit(user, 0);
        Thread room = whenItTriesAgain(() -> limit(user, -1));

        Answer answer = deploy(Map.of());
        join(room);

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(retries())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.path("message").asText())
                        .startsWith("No connection to database '" + database.databaseName())
                        .contains("too many connections for role", "(SQLSTATE 53300)"));
    }

    @Test
    void aDatabaseThatDoesNotExistIsNotTriedAgain() {
        assertThat(deploy(Map.of("DatabaseName", "nowhere")).reason())
                .contains(
                        "database \"nowhere\" does not exist (SQLSTATE 3D000)",
                        "Create the database, or correct 'DatabaseName'");
        assertThat(retries()).isEmpty();
    }

    private List<JsonNode> retries() {
        return stage.newLogLines().stream()
                .filter(line -> line.path("event").asText().equals("database.retry"))
                .toList();
    }

    private Thread whenItTriesAgain(Runnable change) {
        return Thread.ofPlatform().start(() -> {
            stage.awaitLogLine("database.retry");
            change.run();
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void limit(String user, int connections) {
        try (Connection superuser = server.connectAsSuperuser()) {
            superuser.createStatement().execute("alter role \"%s\" connection limit %d".formatted(user, connections));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
