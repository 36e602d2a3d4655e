package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import io.github.cdkliquibase.stage.function.RoleCredentials;
import io.github.cdkliquibase.stage.iam.FrontCertificate;
import io.github.cdkliquibase.stage.iam.IamAuthProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With {@code IamUsername} the function signs tokens, and the database's front checks every byte of them. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IamIT {

    private static final String TABLE = "--changeset ann:1\ncreate table t (id int);\n";
    private static final String TOKEN_LIFE = "PT15M";

    private EmbeddedDatabase server;
    private IamAuthProxy front;
    /** Has the time to survive something. */
    private Stage patient;
    /** Has a token's first refusals, and then no more time. */
    private Stage hasty;

    private EmbeddedDatabase database;
    private String user;

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start();
        front = IamAuthProxy.before(server);
        patient = stage(Duration.ofSeconds(30));
        hasty = stage(Duration.ofSeconds(4));
        prepare();
        hasty.warmUp(properties(hasty, Map.of()));
        database.close();
    }

    // Nobody is at the address of Secrets Manager.
    private static Stage stage(Duration timeout) {
        Stage stage = Stage.behindProvider(settings ->
                settings.withTimeout(timeout).withVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1"));
        stage.canary(LambdaFunction.ROLE.secretAccessKey());
        stage.canary(LambdaFunction.ROLE.sessionToken());
        return stage;
    }

    @AfterAll
    void stop() {
        patient.close();
        hasty.close();
        front.close();
        server.close();
    }

    @BeforeEach
    void prepare() {
        database = server.another();
        user = database.databaseName() + "_migrator";
        asSuperuser("create role %s login password 'not-for-the-front' in role rds_iam".formatted(user));
        asSuperuser("alter database %s owner to %s".formatted(database.databaseName(), user));
        patient.empty().sql(TABLE);
        hasty.empty().sql(TABLE);
        patient.newLogLines();
    }

    @AfterEach
    void noTokenIsShown() {
        front.useClock(Clock.systemUTC());
        for (Stage stage : List.of(patient, hasty)) {
            front.tokens().forEach(stage::canary);
            stage.nothingLeaked();
        }
        database.close();
    }

    @Test
    void aTokenOpensASessionWithoutASecretAndWithoutSecretsManager() {
        CustomResource resource = patient.resource();
        Map<String, Object> properties = properties(patient, Map.of("OnDelete", "DROP_ALL"));

        Answer created = resource.create(properties);

        assertThat(created.succeeded()).as(created.reason()).isTrue();
        assertThat(created.data()).containsEntry("AppliedChangesets", "1");
        assertThat(query("select tableowner from pg_tables where tablename = 't'"))
                .isEqualTo(user);
        assertThat(resource.delete().succeeded()).isTrue();
        assertThat(query("select count(*) from pg_tables where schemaname = 'public'"))
                .isEqualTo("0");
    }

    @Test
    void aPolicyThatArrivesWhileItIsTriedIsWaitedFor() {
        front.forbid(user);
        CompletableFuture<Void> policy = CompletableFuture.runAsync(() -> {
            patient.awaitLogLine("database.retry");
            front.permit(user);
        });

        Answer answer = patient.resource().create(properties(patient, Map.of()));
        policy.join();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(front.refusals()).last().isEqualTo("policy");
        assertThat(patient.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals("database.retry"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.path("message").asText())
                        .endsWith("PAM authentication failed for user \"%s\" (SQLSTATE 28000)".formatted(user)));
    }

    @Test
    void aRunThatIsLongerThanATokenConnectsAnewWithANewOne() {
        patient.sql(TABLE + "--changeset ann:2\nselect pg_sleep(3);\n--changeset ann:3\ncreate table t3 (id int);\n");
        int before = front.tokens().size();
        CompletableFuture<Void> loss = CompletableFuture.runAsync(() -> {
            patient.awaitLogLine("changeset.finished");
            Instant first = signed(front.tokens().get(before));
            Stage.await("two seconds after the token", () -> Instant.now().isAfter(first.plusSeconds(2)));
            // From now on the first token has expired, and one that is signed now has not.
            front.useClock(Clock.fixed(first.plus(Duration.parse(TOKEN_LIFE)), ZoneOffset.UTC));
            front.cutSessions();
        });

        Answer answer = patient.resource().create(properties(patient, Map.of()));
        loss.join();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data()).containsEntry("AppliedChangesets", "3");
        // A connection beside the run's, which looks for sessions in the way, shows the token of the run.
        List<String> tokens = front.tokens().subList(before, front.tokens().size()).stream()
                .distinct()
                .toList();
        assertThat(tokens).hasSize(2);
        assertThatThrownBy(() -> connect(user, tokens.get(0))).hasMessageContaining("PAM authentication failed");
        assertThat(front.refusals()).last().isEqualTo("expired");
    }

    @Test
    void aTokenThatHasExpiredIsRefused() {
        front.useClock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(16)));

        refusedAfter("expired", front, Map.of());
    }

    @Test
    void aTokenForAnotherNameOfTheHostIsRefused() {
        refusedAfter("address", front, Map.of("Host", "127.0.0.1"));
    }

    @Test
    void aUserThatTheRoleMayNotConnectAsIsRefused() {
        front.forbid(user);

        refusedAfter("policy", front, Map.of());
    }

    @Test
    void aTokenForAnotherUserIsRefused() {
        assertThat(patient.resource().create(properties(patient, Map.of())).succeeded())
                .isTrue();
        String token = front.tokens().get(front.tokens().size() - 1);
        String other = user + "_2";
        asSuperuser("create role %s login in role rds_iam".formatted(other));

        assertThatThrownBy(() -> connect(other, token)).hasMessageContaining("PAM authentication failed");
        assertThat(front.refusals()).last().isEqualTo("DBUser");
    }

    @Test
    void aTokenOfAnotherRegionIsRefused() {
        try (IamAuthProxy elsewhere =
                IamAuthProxy.before(server, "eu-west-1", LambdaFunction.ROLE, FrontCertificate.forThisMachine())) {
            refusedAfter("X-Amz-Credential", elsewhere, Map.of());
        }
    }

    @Test
    void aTokenThatIsSignedWithAnotherKeyIsRefused() {
        RoleCredentials role = new RoleCredentials(
                LambdaFunction.ROLE.accessKeyId(), "another-key", LambdaFunction.ROLE.sessionToken());
        try (IamAuthProxy other =
                IamAuthProxy.before(server, LambdaFunction.REGION, role, FrontCertificate.forThisMachine())) {
            refusedAfter("X-Amz-Signature", other, Map.of());
        }
    }

    @Test
    void aUserWithoutTheRoleOfIamIsToldSo() {
        asSuperuser("revoke rds_iam from " + user);

        Answer answer = hasty.resource().create(properties(hasty, Map.of()));

        assertThat(answer.reason())
                .satisfies(approved(
                        "credentials/tokenTakenForAPassword",
                        Map.of("database", database.databaseName(), "port", front.port(), "user", user)));
    }

    // The front asks for a token, in clear text, and a password is not sent like that.
    @Test
    void thePasswordOfAUserWithTheRoleOfIamIsNotSentToTheFront() {
        try (Stage stage = Stage.behindProvider(settings -> settings.withTimeout(Duration.ofSeconds(20)))) {
            Map<String, Object> properties = properties(stage.sql(TABLE), Map.of());
            properties.remove("IamUsername");
            properties.put(
                    "SecretArn",
                    stage.secrets.put(
                            "locked-out", "{\"username\":\"%s\",\"password\":\"not-for-the-front\"}".formatted(user)));
            stage.canary("not-for-the-front");

            assertThat(stage.resource().create(properties).reason())
                    .satisfies(approved(
                            "connect/passwordInClearText",
                            Map.of("database", database.databaseName(), "port", front.port(), "user", user)));
            assertThat(front.tokens()).doesNotContain("not-for-the-front");
            stage.nothingLeaked();
        }
    }

    // The front refuses for this and no other reason, and the function says what may be wrong.
    private void refusedAfter(String why, IamAuthProxy refusing, Map<String, ?> more) {
        int before = refusing.refusals().size();
        int shown = refusing.tokens().size();
        Map<String, Object> properties = properties(hasty, more);
        properties.put("Port", refusing.port());
        hasty.file("front.pem", refusing.certificateAuthority().orElseThrow());

        Answer answer = hasty.resource().create(properties);

        assertThat(answer.succeeded()).isFalse();
        List<String> refusals =
                refusing.refusals().subList(before, refusing.refusals().size());
        assertThat(refusals).isNotEmpty().containsOnly(why);
        assertThat(refusing.tokens().subList(shown, refusing.tokens().size())).doesNotHaveDuplicates();
        refusing.tokens().forEach(hasty::canary);
        assertThat(answer.reason())
                .satisfies(approved(
                        "credentials/tokenRejected",
                        Map.of(
                                "database",
                                database.databaseName(),
                                "host",
                                properties.get("Host"),
                                "port",
                                refusing.port(),
                                "user",
                                user)));
    }

    private Map<String, Object> properties(Stage stage, Map<String, ?> more) {
        stage.file("front.pem", front.certificateAuthority().orElseThrow());
        Map<String, Object> properties = new HashMap<>(Map.of(
                "IamUsername",
                user,
                "Host",
                IamAuthProxy.HOST,
                "Port",
                front.port(),
                "DatabaseName",
                database.databaseName(),
                "SslRootCert",
                "front.pem"));
        properties.putAll(more);
        return properties;
    }

    private static Instant signed(String token) {
        Matcher date = Pattern.compile("X-Amz-Date=([0-9TZ]+)").matcher(token);
        assertThat(date.find()).isTrue();
        return DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX").parse(date.group(1), Instant::from);
    }

    private Connection connect(String as, String token) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", as);
        properties.setProperty("password", token);
        properties.setProperty("sslmode", "require");
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(IamAuthProxy.HOST, front.port(), database.databaseName()),
                properties);
    }

    private void asSuperuser(String sql) {
        try (Connection connection = server.connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private String query(String sql) {
        try (Connection connection = database.connectAsSuperuser();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
