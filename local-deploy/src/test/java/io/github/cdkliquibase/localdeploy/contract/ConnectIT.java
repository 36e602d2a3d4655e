package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What can pass by itself is tried again and told, attempt by attempt; what cannot is not. */
@Tag("slow")
@Isolated("Waits of a second or two are looked at without other work beside them.")
final class ConnectIT extends WarmFunction {

    private final NamesOfFunction names = new NamesOfFunction();

    ConnectIT() {
        super(Duration.ofSeconds(20));
    }

    @Override
    FunctionSettings made(FunctionSettings settings) {
        return names.in(settings);
    }

    @AfterAll
    void forgetNames() {
        names.close();
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
                        .satisfies(approved(
                                "connect/retry",
                                Map.of(
                                        "database",
                                        database.databaseName(),
                                        "port",
                                        database.port(),
                                        "user",
                                        database.username()))));
    }

    @Test
    void aDatabaseThatDoesNotExistIsNotTriedAgain() {
        assertThat(deploy(Map.of("DatabaseName", "nowhere")).reason())
                .satisfies(approved(
                        "connect/databaseMissing", Map.of("port", database.port(), "user", database.username())));
        assertThat(retries()).isEmpty();
    }

    @Test
    void aPoolerIsRefusedBeforeItsSessionIsChanged() {
        try (Pooler pooler = Pooler.before(server.port())) {
            assertThat(deploy(Map.of("Port", pooler.port(), "SslMode", "disable"))
                            .reason())
                    .satisfies(approved(
                            "connect/pooler",
                            Map.of(
                                    "database",
                                    database.databaseName(),
                                    "port",
                                    pooler.port(),
                                    "user",
                                    database.username())));
            assertThat(pooler.nextClientFinds("""
                            select name || ' = ' || setting from pg_settings where source = 'session'
                            union all
                            select 'lock ' || objid from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
                            """)).isEmpty();
        }
        assertThat(retries()).isEmpty();
    }

    @Test
    void anRdsProxyIsRefusedByItsName() {
        assertThat(deploy(Map.of("Host", "orders.proxy-c1a2b3.eu-central-1.rds.amazonaws.com"))
                        .reason())
                .satisfies(approved(
                        "connect/rdsProxy",
                        Map.of(
                                "database",
                                database.databaseName(),
                                "port",
                                database.port(),
                                "user",
                                database.username())));
        assertThat(retries()).isEmpty();
    }

    @Test
    void thePasswordIsNotSentToAServerThatAsksForItInClearText() {
        try (ClearTextServer asking = new ClearTextServer()) {
            assertThat(deploy(Map.of("Port", asking.port(), "SslMode", "disable"))
                            .reason())
                    .satisfies(approved(
                            "connect/passwordInClearText",
                            Map.of(
                                    "database",
                                    database.databaseName(),
                                    "port",
                                    asking.port(),
                                    "user",
                                    database.username())));
            assertThat(asking.asked()).isTrue();
            assertThat(asking.passwords()).isEmpty();
        }
    }

    @Test
    void timeoutsOfTheRoleDoNotEndTheSession() {
        alter("set transaction_timeout = '500ms'");
        alter("set idle_in_transaction_session_timeout = '500ms'");
        alter("set idle_session_timeout = '500ms'");
        stage.sql("""
                --changeset ann:1
                create table seen as select name, setting from pg_settings where name in
                    ('transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout');
                select pg_sleep(0.7);
                """);

        Answer answer = deploy();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        alter("reset all");
        assertThat(Stage.query(database, "select string_agg(setting, ',' order by name) from seen"))
                .isEqualTo("0,0,0");
    }

    @Test
    void aTimeoutThatAChangesetSetsRulesTheChangesetsAfterIt() {
        stage.sql("""
                --changeset ann:1
                set idle_in_transaction_session_timeout = '7s';
                --changeset ann:2
                create table seen as select current_setting('idle_in_transaction_session_timeout') as setting;
                """);

        Answer answer = deploy();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(Stage.query(database, "select setting from seen")).isEqualTo("7s");
    }

    @Test
    void aDatabaseThatIsNotReachedIsWaitedForAsLongAsTheResourceSays() {
        // Nobody listens; no name server knows it; a broadcast address, to which no connection has a route.
        for (String host : List.of("localhost", "db.invalid", "255.255.255.255")) {
            assertThat(deploy(Map.of("Host", host, "Port", 1, "ConnectTimeout", "PT1S"))
                            .reason())
                    .containsPattern("within [12] s")
                    .satisfies(approved(
                            "connect/unreachable",
                            Map.of("database", database.databaseName(), "host", host, "port", 1)));
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsWaitedForAsLongAsTheResourceSays() throws IOException {
        try (StallingProxy silent = StallingProxy.before(server.port())) {
            silent.cut();

            assertThat(deploy(Map.of("Port", silent.port(), "ConnectTimeout", "PT1S"))
                            .reason())
                    .containsPattern("within [12] s")
                    .satisfies(approved(
                            "connect/unreachable",
                            Map.of("database", database.databaseName(), "host", "localhost", "port", silent.port())));
        }
    }

    @Test
    void aDatabaseThatComesUpShortlyBeforeTheEndOfTheWaitIsMet() throws IOException {
        try (StallingProxy proxy = StallingProxy.before(server.port())) {
            proxy.refuse();
            Thread up = whenItTriesAgain(() -> {
                pause(Duration.ofMillis(1_200));
                proxy.heal();
            });

            Answer answer = deploy(Map.of("Port", proxy.port(), "ConnectTimeout", "PT2S"));
            join(up);

            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        }
    }

    @Test
    void whyAnAttemptFailedIsToldAndNotThatTheEndOfTheWaitCutOffTheLastOne() throws IOException {
        try (StallingProxy address = StallingProxy.before(server.port(), 0)) {
            address.refuse();
            Thread silent = whenItTriesAgain(address::heal);

            Answer answer = deploy(Map.of("Port", address.port(), "ConnectTimeout", "PT2S"));
            join(silent);

            assertThat(retries().getLast().path("message").asText()).contains("Connection attempt timed out");
            assertThat(answer.reason()).contains("Connection to localhost:%d refused".formatted(address.port()));
        }
    }

    // As in CloudFormation's express mode, which calls a resource before the database that it depends on is up.
    @Test
    void aDatabaseThatIsMadeInTheSameDeployIsMet() throws IOException {
        try (StallingProxy address = StallingProxy.before(server.port())) {
            address.refuse();
            Thread up = Thread.ofPlatform().start(() -> {
                awaitRetry("UnknownHostException");
                names.makeKnown();
                awaitRetry("ConnectException");
                address.heal();
            });

            // The certificate of the server is for another name.
            Answer answer =
                    deploy(Map.of("Host", NamesOfFunction.HOST, "Port", address.port(), "SslMode", "verify-ca"));
            join(up);

            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
            assertThat(answer.data()).containsEntry("AppliedChangesets", "1");
        }
    }

    private void awaitRetry(String cause) {
        Stage.await(
                "a retry after " + cause,
                () -> stage.function.output().stream()
                        .anyMatch(line -> line.contains("to database '" + database.databaseName())
                                && line.contains("\"database.retry\"")
                                && line.contains(cause)));
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void alter(String setting) {
        asSuperuser("alter role \"%s\" %s".formatted(database.username(), setting));
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
        asSuperuser("alter role \"%s\" connection limit %d".formatted(user, connections));
    }

    private void asSuperuser(String sql) {
        try (Connection superuser = server.connectAsSuperuser()) {
            superuser.createStatement().execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
