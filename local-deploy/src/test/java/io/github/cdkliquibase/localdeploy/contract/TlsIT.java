package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.LambdaFunction;
import io.github.cdkliquibase.stage.iam.FrontCertificate;
import io.github.cdkliquibase.stage.iam.IamAuthProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which server is believed to be the database, by mode; each server below is the same one behind another certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TlsIT {

    private static final List<String> MODES = List.of("verify-full", "verify-ca", "require", "disable");

    private final HeldCertificate trusted = authority("trusted");
    private final Map<String, IamAuthProxy> servers = new LinkedHashMap<>();
    private EmbeddedDatabase database;
    private Stage stage;

    @BeforeAll
    void start() throws IOException {
        database = EmbeddedDatabase.start();
        HeldCertificate unknown = authority("unknown");
        Instant lastWeek = Instant.now().minus(Duration.ofDays(7));
        servers.put("right CA", server(certificate(trusted, "localhost").build(), trusted));
        servers.put("unknown CA", server(certificate(unknown, "localhost").build(), unknown));
        servers.put(
                "another host name",
                server(certificate(trusted, "db.example.com").build(), trusted));
        servers.put(
                "expired",
                server(
                        certificate(trusted, "localhost")
                                .validityInterval(
                                        lastWeek.toEpochMilli(),
                                        lastWeek.plus(Duration.ofDays(1)).toEpochMilli())
                                .build(),
                        trusted));
        servers.put("no TLS", server(null, trusted));
        stage = Stage.behindProvider(settings ->
                settings.withTimeout(Duration.ofSeconds(20)).withLayerJars(List.of(layerThatMeansToBeLenient())));
        stage.sql("--changeset ann:1\nselect 1;\n");
    }

    private static HeldCertificate authority(String name) {
        return new HeldCertificate.Builder()
                .commonName(name)
                .certificateAuthority(0)
                .duration(30, TimeUnit.DAYS)
                .validityInterval(
                        Instant.now().minus(Duration.ofDays(30)).toEpochMilli(),
                        Instant.now().plus(Duration.ofDays(1)).toEpochMilli())
                .build();
    }

    private static HeldCertificate.Builder certificate(HeldCertificate authority, String host) {
        return new HeldCertificate.Builder()
                .commonName(host)
                .addSubjectAlternativeName(host)
                .signedBy(authority);
    }

    private IamAuthProxy server(@Nullable HeldCertificate certificate, HeldCertificate authority) {
        FrontCertificate shown =
                certificate == null ? null : new FrontCertificate(certificate, authority.certificatePem());
        return IamAuthProxy.before(database, LambdaFunction.REGION, LambdaFunction.ROLE, shown);
    }

    /** Believes everybody. */
    public static final class Credulous implements HostnameVerifier {
        @Override
        public boolean verify(String host, SSLSession session) {
            return true;
        }
    }

    // The driver takes its defaults from such a file, wherever it finds it.
    private static Path layerThatMeansToBeLenient() {
        try {
            Path jar = Files.createTempFile("lenient-", ".jar");
            jar.toFile().deleteOnExit();
            String verifier = Credulous.class.getName().replace('.', '/') + ".class";
            try (OutputStream file = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(file);
                    InputStream content = TlsIT.class.getClassLoader().getResourceAsStream(verifier)) {
                zip.putNextEntry(new ZipEntry(verifier));
                Objects.requireNonNull(content).transferTo(zip);
                zip.putNextEntry(new ZipEntry("org/postgresql/driverconfig.properties"));
                zip.write(
                        "sslhostnameverifier=%s\nsslmode=disable\nsslfactory=org.postgresql.ssl.NonValidatingFactory\n"
                                .formatted(Credulous.class.getName())
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            return jar;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterAll
    void stop() {
        stage.close();
        servers.values().forEach(IamAuthProxy::close);
        database.close();
    }

    @AfterEach
    void nothingLeaks() {
        stage.nothingLeaked();
    }

    @Test
    void eachModeDoesWhatItsNameSays() {
        List<String> table = new ArrayList<>();
        for (String server : servers.keySet()) {
            for (String mode : MODES) {
                table.add("%-17s | %-11s | %s".formatted(server, mode, outcome(server, mode)));
            }
        }

        assertThat(String.join("\n", table)).isEqualTo("""
                right CA          | verify-full | connected
                right CA          | verify-ca   | connected
                right CA          | require     | connected
                right CA          | disable     | connected
                unknown CA        | verify-full | tls/authorityUnknown
                unknown CA        | verify-ca   | tls/authorityUnknown
                unknown CA        | require     | connected
                unknown CA        | disable     | connected
                another host name | verify-full | tls/hostNameNotCovered
                another host name | verify-ca   | connected
                another host name | require     | connected
                another host name | disable     | connected
                expired           | verify-full | tls/certificateExpired
                expired           | verify-ca   | tls/certificateExpired
                expired           | require     | connected
                expired           | disable     | connected
                no TLS            | verify-full | tls/notSupportedByTheServer
                no TLS            | verify-ca   | tls/notSupportedByTheServer
                no TLS            | require     | tls/notSupportedByTheServer
                no TLS            | disable     | connected""");
    }

    // "connected", or which reason it is.
    private String outcome(String server, String mode) {
        Answer answer = deploy(server, Map.of("SslMode", mode));
        if (answer.succeeded()) {
            return "connected";
        }
        String entry = switch (server) {
            case "unknown CA" -> "tls/authorityUnknown";
            case "another host name" -> "tls/hostNameNotCovered";
            case "expired" -> "tls/certificateExpired";
            default -> "tls/notSupportedByTheServer";
        };
        assertThat(answer.reason())
                .satisfies(approved(
                        entry,
                        Map.of("database", "app", "host", "localhost", "port", port(server), "user", "app_owner")));
        return entry;
    }

    @Test
    void aModeThatLeavesSomethingOpenSaysSoOnceForARun() {
        assertThat(said("verify-full")).isEmpty();
        assertThat(said("verify-ca")).singleElement().satisfies(approved("tls/hostNameNotChecked"));
        assertThat(said("require")).singleElement().satisfies(approved("tls/certificateNotChecked"));
        assertThat(said("disable")).singleElement().satisfies(approved("tls/notEncrypted"));
    }

    @Test
    void whatWasSaidIsNotSaidAgainWhenTheRunConnectsAnew() {
        stage.sql("--changeset ann:1\nselect 1;\n--changeset ann:cut\nselect pg_sleep(1);\n")
                .newLogLines();
        CompletableFuture<Void> loss = CompletableFuture.runAsync(() -> {
            stage.awaitLogLine("changeset.started");
            server("right CA").cutSessions();
        });

        Answer answer = deploy("right CA", Map.of("SslMode", "require"));
        loss.join();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        List<JsonNode> lines = stage.newLogLines();
        assertThat(lines)
                .filteredOn(line -> line.path("event").asText().equals("database.connected"))
                .hasSizeGreaterThan(1);
        assertThat(weak(lines)).hasSize(1);
    }

    @Test
    void noPropertyAndNoSecretTurnsTheCheckOfTheHostNameOff() {
        String more = "?sslmode=disable&sslhostnameverifier=" + Credulous.class.getName();
        String secret = "{\"username\":\"%s\",\"password\":\"%s\",\"host\":\"localhost\",\"dbname\":\"app%s\"}"
                .formatted(database.username(), database.password(), more);

        for (Map<String, String> properties : List.of(
                Map.of("DatabaseName", "app?sslmode=disable"),
                Map.of("DatabaseName", "app&sslmode=disable#"),
                Map.of("SecretArn", stage.secrets.put("more-than-a-name", secret)))) {
            assertThat(deploy("another host name", properties).reason())
                    .endsWith("set 'Host' to a name in the certificate, such as the cluster's own endpoint");
        }
        assertThat(deploy("another host name", Map.of("Host", "localhost:1/app?sslmode=disable#"))
                        .reason())
                .satisfies(approved("properties/hostNotAName"));
    }

    private List<String> said(String mode) {
        stage.newLogLines();
        assertThat(deploy("right CA", Map.of("SslMode", mode)).succeeded()).isTrue();
        return weak(stage.newLogLines());
    }

    private static List<String> weak(List<JsonNode> lines) {
        return lines.stream()
                .filter(line -> line.path("event").asText().equals("tls.weak"))
                .peek(line -> assertThat(line.path("level").asText()).isEqualTo("WARN"))
                .map(line -> line.path("message").asText())
                .toList();
    }

    private IamAuthProxy server(String name) {
        return Objects.requireNonNull(servers.get(name));
    }

    private int port(String server) {
        return server(server).port();
    }

    private Answer deploy(String server, Map<String, ?> more) {
        Map<String, Object> properties = stage.properties(database, Map.of("Port", port(server)));
        stage.file("trusted.pem", trusted.certificatePem());
        properties.put("SslRootCert", "trusted.pem");
        properties.putAll(more);
        return stage.resource().create(properties);
    }
}
