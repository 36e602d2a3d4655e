package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A rotation is met wherever it is, and a secret that cannot be had is told with what to do. */
final class SecretsIT extends WarmFunction {

    private String arn = "";
    private Map<String, Object> properties = Map.of();

    SecretsIT() {
        super(Duration.ofSeconds(30));
    }

    @BeforeEach
    void write() {
        stage.sql("--changeset ann:1\ncreate table t (id int);\n");
        properties = new HashMap<>(stage.properties(database, Map.of()));
        arn = stage.secrets.put("rotated-" + database.databaseName(), database.secret());
        properties.put("SecretArn", arn);
    }

    @AfterEach
    void answerAgain() {
        stage.secrets.failAlways(null);
    }

    @Test
    void aRotationThatHasSetThePasswordAndNotYetTheSecretIsMet() {
        rotate();
        stage.secrets.putPending(arn, database.secret());

        Answer answer = deploy();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(stage.secrets.reads(arn)).isEqualTo(2);
        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals("secret.pending"))
                .hasSize(1);
    }

    @Test
    void aRotationThatHasNotSetThePasswordYetIsNotLookedAt() {
        stage.canary("not-set-yet");
        stage.secrets.putPending(arn, database.secret().replace(database.password(), "not-set-yet"));

        assertThat(deploy().succeeded()).isTrue();
        assertThat(stage.secrets.reads(arn)).isEqualTo(1);
    }

    @Test
    void aRotationThatIsStuckIsTold() {
        stage.canary("never-set");
        stage.secrets.putPending(arn, database.secret().replace(database.password(), "never-set"));
        rotate();

        assertThat(deploy().reason())
                .satisfies(approved(
                        "credentials/rotationStuck",
                        Map.of(
                                "database",
                                database.databaseName(),
                                "port",
                                database.port(),
                                "user",
                                database.username())));
    }

    @Test
    void aPasswordThatIsRotatedInTheMiddleOfARunIsReadWhenTheRunConnectsAnew() {
        stage.sql(
                "--changeset ann:1\nselect 1;\n--changeset ann:2\nselect pg_sleep(2);\n--changeset ann:3\ncreate table t (id int);\n");
        CompletableFuture<Void> rotation = CompletableFuture.runAsync(() -> {
            stage.awaitLogLine("changeset.finished");
            rotate();
            stage.secrets.put("rotated-" + database.databaseName(), database.secret());
            endSessions();
        });

        Answer answer = deploy();
        rotation.join();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data()).containsEntry("AppliedChangesets", "3");
        assertThat(stage.secrets.reads(arn)).isEqualTo(2);
    }

    // Before the new connection even asks: the old password once more, then the new one.
    @Test
    void aRotationBetweenReadingAndConnectingInTheMiddleOfARunIsMet() {
        stage.sql("--changeset ann:1\nselect 1;\n--changeset ann:2\nselect pg_sleep(2);\n");
        CompletableFuture<Void> rotation = CompletableFuture.runAsync(() -> {
            stage.awaitLogLine("changeset.finished");
            rotate();
            stage.secrets.rotateAfterNextRead(arn, database.secret());
            endSessions();
        });

        Answer answer = deploy();
        rotation.join();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(stage.secrets.reads(arn)).isEqualTo(3);
    }

    @Test
    void aSecretOfAnRdsClusterWithoutAHostNeedsOnlyTheProperties() {
        stage.secrets.put(
                "rotated-" + database.databaseName(),
                "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(database.username(), database.password()));
        assertThat(deploy().reason())
                .satisfies(approved("credentials/hostMissing", Map.of("secret", "'" + shown() + "'")));

        properties.put("Host", database.host());
        properties.put("Port", database.port());
        properties.put("DatabaseName", database.databaseName());

        assertThat(deploy().succeeded()).isTrue();
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal(Failure.keyDenied(), "credentials/keyDenied"),
                refusal(Failure.accessDenied("arn:of-the-secret"), "credentials/secretDenied"),
                refusal(Failure.keyUnusable(), "credentials/keyUnusable"),
                refusal(Failure.markedForDeletion(), "credentials/secretDeleted"),
                refusal(Failure.noValue("AWSCURRENT"), "credentials/secretWithoutValue"),
                refusal(Failure.throttled(), "credentials/requestsThrottled"),
                refusal(Failure.internal(), "credentials/secretsManagerFails"));
    }

    private static Arguments refusal(Failure failure, String reason) {
        return Arguments.of(failure, reason);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aSecretThatIsNotHandedOutIsToldWithWhatToDo(Failure failure, String reason) {
        stage.secrets.failAlways(failure);

        assertThat(deploy().reason())
                .satisfies(approved(reason, Map.of("arn", "arn:of-the-secret", "secret", "'" + shown() + "'")));
    }

    @Test
    void aThrottledRequestIsSentAgain() {
        stage.secrets.failNext(Failure.throttled());

        assertThat(deploy().succeeded()).isTrue();
    }

    @Override
    Answer deploy() {
        return stage.resource().create(properties);
    }

    // As reasons quote it.
    private String shown() {
        return arn.substring(0, 64) + "…";
    }

    private void rotate() {
        database.rotatePassword();
        stage.canary(database.password());
    }

    private void endSessions() {
        try (Connection superuser = server.connectAsSuperuser()) {
            superuser
                    .createStatement()
                    .execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = '%s'"
                            .formatted(database.username()));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
