package io.github.cdkliquibase.lambda.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.engine.SslMode;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MigrationRequestTest {

    private static final Path FOLDER = Path.of("/opt/changelog");
    private static final String SECRET = "arn:aws:secretsmanager:eu-west-1:1:secret:db";

    @Test
    void whatIsLeftOutHasItsDefault() {
        MigrationRequest request = read(Map.of("ServiceToken", "arn", "ServiceTimeout", "900", "SecretArn", SECRET));

        assertThat(request.changelog().file()).isEqualTo("db/changelog/db.changelog-master.yaml");
        assertThat(request.changelog().contexts()).isEmpty();
        assertThat(request.changelog().labelFilter()).isEmpty();
        assertThat(request.changelog().parameters()).isEmpty();
        assertThat(request.changelog().defaultSchema()).isNull();
        assertThat(request.changelog().history().schema()).isNull();
        assertThat(request.database().authentication()).isEqualTo(new Authentication.Secret(SECRET));
        assertThat(request.database().host()).isNull();
        assertThat(request.database().port()).isNull();
        assertThat(request.database().databaseName()).isNull();
        assertThat(request.database().sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(request.database().sslRootCert()).isNull();
        assertThat(request.lockTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(request.database().connectTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(request.serverMessages()).isFalse();
    }

    @Test
    void everyPropertyIsRead() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("SecretArn", SECRET);
        properties.put("DeployedAt", "2026-11-20T10:15:30Z");
        properties.put("ChangelogHash", "abc");
        properties.put("ChangelogFile", "app/./root.xml");
        properties.put("Host", "db.example.com");
        properties.put("Port", "6543");
        properties.put("DatabaseName", "shop \"1\"");
        properties.put("Engine", "postgresql");
        properties.put("SslMode", "verify-ca");
        properties.put("SslRootCert", "tls/ca.pem");
        properties.put("Contexts", "prod,eu");
        properties.put("LabelFilter", "v1 or v2");
        properties.put("DefaultSchema", "app");
        properties.put("LiquibaseSchema", "history");
        properties.put("Parameters", Map.of("tablespace", "fast", "size", 5));
        properties.put("LockTimeout", "PT0.1S");
        properties.put("ConnectTimeout", "PT90S");
        properties.put("ServerMessages", "LOG");
        properties.put("OnStackRollback", "ROLLBACK");
        properties.put("RollbackDataLoss", "ALLOW");
        properties.put("OnDelete", "DROP_ALL");
        properties.put("Lint", "OFF");
        properties.put("Waiter", "false");

        MigrationRequest request = read(properties);

        assertThat(request.changelog().folder()).isEqualTo(FOLDER);
        assertThat(request.changelog().file()).isEqualTo("app/root.xml");
        assertThat(request.changelog().contexts()).isEqualTo("prod,eu");
        assertThat(request.changelog().labelFilter()).isEqualTo("v1 or v2");
        assertThat(request.changelog().defaultSchema()).isEqualTo("app");
        assertThat(request.changelog().history().schema()).isEqualTo("history");
        assertThat(request.changelog().parameters()).isEqualTo(Map.of("tablespace", "fast", "size", "5"));
        assertThat(request.database().host()).isEqualTo(new HostName("db.example.com"));
        assertThat(request.database().port()).isEqualTo(6543);
        assertThat(request.database().databaseName()).isEqualTo("shop \"1\"");
        assertThat(request.database().sslMode()).isEqualTo(SslMode.VERIFY_CA);
        assertThat(request.database().sslRootCert()).isEqualTo(FOLDER.resolve("tls/ca.pem"));
        assertThat(request.lockTimeout()).isEqualTo(Duration.ofMillis(100));
        assertThat(request.database().connectTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(request.serverMessages()).isTrue();
    }

    @Test
    void emptyContextsAndLabelsMeanNone() {
        MigrationRequest request = read(Map.of("SecretArn", SECRET, "Contexts", "", "LabelFilter", " "));

        assertThat(request.changelog().contexts()).isEmpty();
        assertThat(request.changelog().labelFilter()).isEmpty();
    }

    static Stream<Arguments> wrongProperties() {
        return Stream.of(
                wrong("Secretarn", SECRET, "Property 'Secretarn' is not known. Did you mean 'SecretArn'?"),
                wrong("x".repeat(5000), "1", "Property '" + "x".repeat(64) + "…' is not known"),
                wrong("Port", "5432x", "Property 'Port' must be a number from 1 to 65535, got '5432x'"),
                wrong("Port", "0", "Property 'Port' must be a number from 1 to 65535, got '0'"),
                wrong("Port", List.of("5432"), "Property 'Port' must be a text, got a list"),
                wrong("Host", "db/?user=x", "Property 'Host' must be a host name or an IP address, got 'db/?user=x'"),
                wrong("Host", "", "Property 'Host' must not be empty"),
                wrong(
                        "DatabaseName",
                        "a\u0000b",
                        "Property 'DatabaseName' must be a PostgreSQL name of at most 63 bytes"),
                wrong("DefaultSchema", "ä".repeat(32), "Property 'DefaultSchema' must be a PostgreSQL name"),
                wrong("Engine", "mysql", "Property 'Engine' must be one of 'postgresql', 'dsql', got 'mysql'"),
                wrong(
                        "Engine",
                        "dsql",
                        "Property 'Engine' is 'dsql', but Aurora DSQL is not supported by this version"),
                wrong(
                        "SslMode",
                        "prefer",
                        "Property 'SslMode' must be one of 'verify-full', 'verify-ca', 'require', 'disable', got 'prefer'"),
                wrong("SslRootCert", "../ca.pem", "Property 'SslRootCert' must be a path inside the changelog folder"),
                wrong(
                        "ChangelogFile",
                        "/etc/passwd",
                        "Property 'ChangelogFile' must be a path inside the changelog folder"),
                wrong(
                        "ChangelogFile",
                        "db/../../x.xml",
                        "Property 'ChangelogFile' must be a path inside the changelog folder"),
                wrong(
                        "ChangelogFile",
                        "classpath:x.xml",
                        "Property 'ChangelogFile' must be a path inside the changelog folder"),
                wrong(
                        "ChangelogFile",
                        "a\u0000b",
                        "Property 'ChangelogFile' must be a path inside the changelog folder"),
                wrong("ChangelogFile", ".", "Property 'ChangelogFile' must be a path inside the changelog folder"),
                wrong("LockTimeout", "5", "Property 'LockTimeout' must be an ISO-8601 duration"),
                wrong("LockTimeout", "PT0S", "Property 'LockTimeout' must be an ISO-8601 duration"),
                wrong("LockTimeout", "PT-1S", "Property 'LockTimeout' must be an ISO-8601 duration"),
                wrong("LockTimeout", "P9999999999999D", "Property 'LockTimeout' must be an ISO-8601 duration"),
                wrong("ConnectTimeout", "300", "Property 'ConnectTimeout' must be an ISO-8601 duration"),
                wrong("ConnectTimeout", "PT0S", "Property 'ConnectTimeout' must be an ISO-8601 duration"),
                wrong("ServerMessages", "log", "Property 'ServerMessages' must be one of 'NONE', 'LOG', got 'log'"),
                wrong(
                        "DeployedAt",
                        "yesterday",
                        "Property 'DeployedAt' must be an ISO-8601 instant, such as '2026-11-20T10:15:30Z', got 'yesterday'"),
                wrong(
                        "OnStackRollback",
                        "UNDO",
                        "Property 'OnStackRollback' must be one of 'KEEP', 'ROLLBACK', got 'UNDO'"),
                wrong(
                        "RollbackDataLoss",
                        "allow",
                        "Property 'RollbackDataLoss' must be one of 'REFUSE', 'ALLOW', got 'allow'"),
                wrong("OnDelete", "DROP", "Property 'OnDelete' must be one of 'RETAIN', 'DROP_ALL', got 'DROP'"),
                wrong("Lint", "WARN", "Property 'Lint' is 'WARN', but the lint is not supported by this version"),
                wrong("Lint", "warn", "Property 'Lint' must be one of 'OFF', 'WARN', 'FAIL', got 'warn'"),
                wrong("Waiter", "true", "Property 'Waiter' is 'true', but the waiter is not supported by this version"),
                wrong(
                        "Parameters",
                        "a=b",
                        "Property 'Parameters' must be a map of parameter names to texts, got a single value"),
                wrong(
                        "Parameters",
                        Map.of("a", List.of("s3cret")),
                        "Property 'Parameters' must be a map of parameter names to texts, but 'a' is a list"),
                wrong(
                        "IamUsername",
                        "migrator",
                        "Exactly one of the properties 'SecretArn' and 'IamUsername' must be set, got both"));
    }

    private static Arguments wrong(String name, Object value, String reason) {
        return Arguments.of(name, value, reason);
    }

    @ParameterizedTest
    @MethodSource("wrongProperties")
    void aWrongPropertyIsRefusedByNameWithWhatIsAllowed(String name, Object value, String reason) {
        Map<String, Object> properties = new HashMap<>(Map.of("SecretArn", SECRET));
        properties.put(name, value);

        assertThatThrownBy(() -> read(properties))
                .isInstanceOf(MigrationException.class)
                .hasMessageStartingWith(reason)
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void withoutSecretAndUserThereIsNobodyToConnectAs() {
        assertThatThrownBy(() -> read(Map.of("Host", "db")))
                .hasMessage("Exactly one of the properties 'SecretArn' and 'IamUsername' must be set, got neither");
    }

    private static final Map<String, Object> IAM =
            Map.of("IamUsername", "migrator", "Host", "db.example.com", "DatabaseName", "shop");

    @Test
    void aUserWithATokenTakesThePlaceOfASecret() {
        MigrationRequest request = read(IAM);

        assertThat(request.database().authentication()).isEqualTo(new Authentication.IamToken("migrator"));
        assertThat(request.database().host()).isEqualTo(new HostName("db.example.com"));
        assertThat(request.database().port()).isNull();
        assertThat(request.database().databaseName()).isEqualTo("shop");
        assertThat(request.database().sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(MigrationRequest.forLookBack(IAM, FOLDER)).contains(request);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "DatabaseName"})
    void aTokenSaysNotWhereTheDatabaseIs(String left) {
        Map<String, Object> properties = new HashMap<>(IAM);
        properties.remove(left);

        assertThatThrownBy(() -> read(properties))
                .hasMessage("Property '%s' must be set with 'IamUsername': there is no secret that could say it", left);
        assertThat(MigrationRequest.forLookBack(properties, FOLDER)).isEmpty();
    }

    @Test
    void aTokenGoesToTheDatabaseOnly() {
        Map<String, Object> properties = new HashMap<>(IAM);
        properties.put("SslMode", "verify-full");
        assertThat(read(properties).database().sslMode()).isEqualTo(SslMode.VERIFY_FULL);

        properties.put("SslMode", "verify-ca");
        assertThat(read(properties).database().sslMode()).isEqualTo(SslMode.VERIFY_CA);

        for (String mode : List.of("require", "disable")) {
            properties.put("SslMode", mode);
            assertThatThrownBy(() -> read(properties))
                    .hasMessage(
                            "Property 'SslMode' must be 'verify-full' or 'verify-ca' with 'IamUsername', got '%s': a token is sent in clear text inside of TLS, so another server that is taken for the database could use it. Leave the property out",
                            mode);
            assertThat(MigrationRequest.forLookBack(properties, FOLDER)).isEmpty();
        }
    }

    @Test
    void aDeleteWaitsForTheDatabaseAlsoWhereThePropertyIsWrong() {
        assertThat(MigrationRequest.forLookBack(Map.of("SecretArn", SECRET, "ConnectTimeout", "soon"), FOLDER))
                .hasValueSatisfying(request ->
                        assertThat(request.database().connectTimeout()).isEqualTo(Duration.ofMinutes(5)));
        assertThat(MigrationRequest.forLookBack(Map.of("SecretArn", SECRET, "ConnectTimeout", "PT9S"), FOLDER))
                .hasValueSatisfying(request ->
                        assertThat(request.database().connectTimeout()).isEqualTo(Duration.ofSeconds(9)));
    }

    @Test
    void aUserForATokenMustBeAName() {
        Map<String, Object> properties = new HashMap<>(IAM);
        properties.put("IamUsername", "a\u0000b");

        assertThatThrownBy(() -> read(properties))
                .hasMessageStartingWith("Property 'IamUsername' must be a PostgreSQL name of at most 63 bytes");
    }

    @Test
    void propertiesOfAnotherShapeAreRefused() {
        for (Object properties : Arrays.<@Nullable Object>asList(null, "text", List.of(), 1)) {
            assertThatThrownBy(() -> read(properties))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageStartingWith("ResourceProperties must be a map of properties, got ");
        }
    }

    @Test
    void aDeleteIsNotKeptFromRunningByWhatACreateWasRefusedFor() {
        Map<String, Object> properties = Map.of(
                "SecretArn",
                SECRET,
                "Nonsense",
                "1",
                "Engine",
                "mysql",
                "Lint",
                "WARN",
                "LockTimeout",
                "5s",
                "DeployedAt",
                "soon");

        assertThat(MigrationRequest.forLookBack(properties, FOLDER))
                .hasValueSatisfying(request ->
                        assertThat(request.database().authentication()).isEqualTo(new Authentication.Secret(SECRET)));
    }

    @Test
    void aDeleteWithoutAnAddressHasNothingToReach() {
        assertThat(MigrationRequest.forLookBack(Map.of("Host", "db"), FOLDER)).isEmpty();
        assertThat(MigrationRequest.forLookBack(Map.of("SecretArn", SECRET, "Port", "x"), FOLDER))
                .isEmpty();
        assertThat(MigrationRequest.forLookBack("text", FOLDER)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RETAIN", "drop_all", "", "DROP_ALL "})
    void onlyTheExactWordDropsOnDelete(String word) {
        assertThat(MigrationRequest.dropsOnDelete(Map.of("OnDelete", word))).isFalse();
        assertThat(MigrationRequest.dropsOnDelete(Map.of("OnDelete", "DROP_ALL")))
                .isTrue();
        assertThat(MigrationRequest.dropsOnDelete(null)).isFalse();
        assertThat(MigrationRequest.dropsOnDelete(List.of("DROP_ALL"))).isFalse();
    }

    private static MigrationRequest read(@Nullable Object properties) {
        return MigrationRequest.from(properties, FOLDER);
    }
}
