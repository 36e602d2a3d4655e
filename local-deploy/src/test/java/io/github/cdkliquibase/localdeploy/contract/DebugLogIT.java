package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.BucketFault;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import io.github.cdkliquibase.stage.function.RoleCredentials;
import io.github.cdkliquibase.stage.iam.FrontCertificate;
import io.github.cdkliquibase.stage.iam.IamAuthProxy;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** No setting that a person can make from outside lets a secret into what the function shows. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DebugLogIT {

    private static final String SESSION_TOKEN = "FwoGZXIvYXdzEJr-a-session-token";
    private static final String ACCESS_KEY = "wJalrXUtnFEMI-a-secret-access-key";
    private static final String PARAMETER = "correct-horse-parameter";
    private static final String ROW = "row-4929-0000-1111";

    private static final String EVERYTHING_IN_JAVA = """
            handlers = java.util.logging.ConsoleHandler
            java.util.logging.ConsoleHandler.level = ALL
            .level = ALL
            org.postgresql.level = ALL
            org.postgresql.handlers = java.util.logging.ConsoleHandler
            liquibase.level = ALL
            liquibase.handlers = java.util.logging.ConsoleHandler
            sun.net.www.protocol.http.HttpURLConnection.level = ALL
            sun.net.www.protocol.http.HttpURLConnection.handlers = java.util.logging.ConsoleHandler
            """;
    private static final String EVERYTHING_IN_LOGBACK = """
            <configuration>
              <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%level %logger %msg %ex{full}%n</pattern></encoder>
              </appender>
              <logger name="software.amazon.awssdk" level="TRACE"/>
              <root level="TRACE"><appender-ref ref="console"/></root>
            </configuration>
            """;

    private ScratchFolder settings;
    private EmbeddedDatabase server;
    private Stage stage;
    private EmbeddedDatabase database;

    @BeforeAll
    void start() throws IOException {
        settings = ScratchFolder.create("settings");
        Files.writeString(settings.resolve("logging.properties"), EVERYTHING_IN_JAVA);
        Files.writeString(settings.resolve("logback.xml"), EVERYTHING_IN_LOGBACK);
        server = EmbeddedDatabase.start();
        stage = Stage.direct(this::everythingOn);
        List.of(SESSION_TOKEN, ACCESS_KEY, PARAMETER, ROW).forEach(stage::canary);
    }

    private FunctionSettings everythingOn(FunctionSettings plain) {
        return plain.withTimeout(Duration.ofSeconds(10))
                .withVariable("AWS_SESSION_TOKEN", SESSION_TOKEN)
                .withVariable("AWS_SECRET_ACCESS_KEY", ACCESS_KEY)
                .withVariable("AWS_LAMBDA_LOG_LEVEL", "TRACE")
                .withVariable("AWS_LAMBDA_LOG_FORMAT", "JSON")
                .withVariable("POWERTOOLS_LOG_LEVEL", "TRACE")
                .withVariable("POWERTOOLS_LOGGER_LOG_EVENT", "true")
                .withVariable("LIQUIBASE_LOG_LEVEL", "FINE")
                .withVariable("LIQUIBASE_SQL_LOG_LEVEL", "INFO")
                .withVariable("LIQUIBASE_MIRROR_CONSOLE_MESSAGES_TO_LOG", "true")
                .withVariable("LIQUIBASE_FILTER_LOG_MESSAGES", "false")
                .withVariable(
                        "JAVA_TOOL_OPTIONS",
                        String.join(
                                " ",
                                "-Djava.util.logging.config.file=" + settings.resolve("logging.properties"),
                                "-Dlogback.configurationFile=" + settings.resolve("logback.xml"),
                                "-Dlogback.statusListenerClass=ch.qos.logback.core.status.OnConsoleStatusListener",
                                "-Dlogback.debug=true",
                                "-Djavax.net.debug=",
                                "-Dslf4j.internal.verbosity=DEBUG",
                                "-Dliquibase.logLevel=FINE",
                                "-Dliquibase.sql.logLevel=INFO"));
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
        settings.close();
    }

    @BeforeEach
    void prepare() throws SQLException {
        database = server.another();
        try (Connection admin = server.connectAsSuperuser();
                Statement statement = admin.createStatement()) {
            statement.execute("alter role " + database.username() + " createrole");
        }
        stage.empty().file("rows.csv", "c\n" + ROW + "\n").file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - sql: { sql: "create table t (c text primary key)" }
                        - sql: { sql: "create role ${role} password '${password}'" }
                        - sql: { sql: "drop role ${role}" }
                        - loadData: { tableName: t, file: rows.csv, usePreparedStatements: true }
                """);
    }

    @AfterEach
    void noSecretIsShown() {
        stage.noSecretIsShown();
        database.close();
    }

    @Test
    void aDeployThatSucceedsShowsNone() {
        CustomResource resource = stage.resource();

        Answer created = resource.create(properties(Map.of()));
        Answer updated = resource.update(properties(Map.of()));
        Answer deleted = resource.delete();

        assertThat(created.succeeded()).as(created.reason()).isTrue();
        assertThat(updated.succeeded()).as(updated.reason()).isTrue();
        assertThat(deleted.succeeded()).as(deleted.reason()).isTrue();
        assertThat(Stage.query(database, "select c from t")).isEqualTo(ROW);
    }

    @Test
    void aStatementThatFailsOnAParameterShowsNone() {
        stage.sql("--changeset ann:1\ncreate table t (id int);\ninsert into t values ('${password}');\n");

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .contains("invalid input syntax for type integer: \"${password}\" (SQLSTATE 22P02)");
    }

    @Test
    void aRowThatIsThereAlreadyShowsNone() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      changes:
                        - sql: { sql: "create table t (c text primary key)" }
                        - loadData: { tableName: t, file: rows.csv, usePreparedStatements: true }
                        - sql: { sql: "insert into t values ('%s')" }
                """.formatted(ROW));

        assertThat(stage.resource().create(properties(Map.of())).reason())
                .contains("duplicate key value violates unique constraint \"t_pkey\" (SQLSTATE 23505)");
    }

    @Test
    void aPasswordThatIsRefusedShowsNone() {
        Map<String, Object> properties = properties(Map.of());
        database.rotatePassword();

        assertThat(stage.resource().create(properties).reason()).contains("(SQLSTATE 28P01)", "read twice");
    }

    @Test
    void aSecretThatIsRotatedMeanwhileShowsNone() {
        Map<String, Object> properties = properties(Map.of());
        database.rotatePassword();
        stage.canary(database.password());
        stage.secrets.rotateAfterNextRead(String.valueOf(properties.get("SecretArn")), database.secret());

        Answer answer = stage.resource().create(properties);

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    @Test
    void aTokenThatIsSignedAndTakenShowsNone() throws SQLException {
        RoleCredentials role = new RoleCredentials(LambdaFunction.ROLE.accessKeyId(), ACCESS_KEY, SESSION_TOKEN);
        try (IamAuthProxy front =
                        IamAuthProxy.before(server, LambdaFunction.REGION, role, FrontCertificate.forThisMachine());
                Connection admin = server.connectAsSuperuser();
                Statement statement = admin.createStatement()) {
            statement.execute("grant rds_iam to " + database.username());
            stage.file("front.pem", front.certificateAuthority().orElseThrow());
            Map<String, Object> properties = properties(Map.of(
                    "IamUsername", database.username(),
                    "Host", IamAuthProxy.HOST,
                    "Port", front.port(),
                    "DatabaseName", database.databaseName(),
                    "SslRootCert", "front.pem"));
            properties.remove("SecretArn");

            Answer answer = stage.resource().create(properties);

            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
            assertThat(front.tokens()).hasSize(1);
            stage.canary(front.tokens().get(0));
        }
    }

    @Test
    void aSecretThatMayNotBeReadShowsNone() {
        Map<String, Object> properties = properties(Map.of());
        stage.secrets.failNext(Failure.accessDenied(String.valueOf(properties.get("SecretArn"))));

        assertThat(stage.resource().create(properties).reason()).contains("AccessDeniedException");
    }

    @Test
    void aDatabaseThatIsNotThereShowsNone() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }

        assertThat(stage.resource().create(properties(Map.of("Port", port))).reason())
                .startsWith("No connection to database ");
    }

    @Test
    void aResponseUrlThatRefusesShowsNone() {
        CustomResource resource = stage.resource();
        stage.bucket.script(Collections.nCopies(6, new BucketFault.Refuse(403)).toArray(BucketFault[]::new));

        assertThat(resource.create(properties(Map.of())).status()).isEqualTo(Answer.Status.UNANSWERED);
    }

    private Map<String, Object> properties(Map<String, ?> more) {
        Map<String, Object> properties = stage.properties(database, more);
        properties.put("Parameters", Map.of("password", PARAMETER, "role", database.databaseName() + "_more"));
        return properties;
    }
}
