package io.github.cdkliquibase.lambda.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class JsonLinesTest {

    @Test
    void anEventIsOneJsonObjectOnOneLineWithItsFieldsAtTheTop() throws IOException {
        JsonNode line = log(logger -> logger.atInfo()
                .addKeyValue("event", "changeset.finished")
                .addKeyValue("index", 3)
                .log("Changeset {} of {}\nends", 3, 5));

        assertThat(line.path("event").asText()).isEqualTo("changeset.finished");
        assertThat(line.path("index").isInt()).isTrue();
        assertThat(line.path("message").asText()).isEqualTo("Changeset 3 of 5\nends");
        assertThat(line.path("level").asText()).isEqualTo("INFO");
        assertThat(line.has("timestamp")).isTrue();
    }

    @Test
    void valuesKeepTheirKinds() throws IOException {
        JsonNode line = log(logger -> logger.atInfo()
                .addKeyValue("data", Map.of("Unchanged", true))
                .addKeyValue("durationMillis", 12L)
                .addKeyValue("reason", (Object) null)
                .log("\u2028 \" ä"));

        assertThat(line.path("data").path("Unchanged").isBoolean()).isTrue();
        assertThat(line.path("durationMillis").asLong()).isEqualTo(12);
        assertThat(line.path("reason").isNull()).isTrue();
        assertThat(line.path("message").asText()).isEqualTo("\u2028 \" ä");
    }

    @Test
    void theTimeIsInUtc() throws IOException {
        Instant before = Instant.now();

        Instant time = Instant.parse(
                log(logger -> logger.info("line")).path("timestamp").asText());

        assertThat(time).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    }

    @Test
    void aStackTraceShowsClassesAndFramesButNoForeignMessage() throws IOException {
        SQLException driver = new SQLException("Key (card)=(s3cret) exists");
        JsonNode line = log(logger -> logger.error(
                "failed", new MigrationException("our reason", new IllegalStateException("s3cret", driver))));

        assertThat(line.path("stackTrace").asText())
                .contains("MigrationException: our reason", "Caused by: java.sql.SQLException", "JsonLinesTest")
                .doesNotContain("s3cret");
    }

    @Test
    void whatTheBaseClassLogsIsLeftOut() {
        assertThat(lines(
                        "software.amazon.lambda.powertools.cloudformation.AbstractCustomResourceHandler",
                        logger -> logger.error("Unable to send response to https://bucket/?X-Amz-Signature=s3cret")))
                .isEmpty();
    }

    private static JsonNode log(java.util.function.Consumer<Logger> work) throws IOException {
        String lines = lines("io.github.cdkliquibase.lambda.Test", work);
        assertThat(lines).endsWith("\n").containsOnlyOnce("\n");
        return new JsonMapper().readTree(lines);
    }

    @SuppressWarnings("SystemOut") // that is where the lines go
    private static String lines(String name, java.util.function.Consumer<Logger> work) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            LoggerContext context = new LoggerContext();
            context.setMDCAdapter(new LogbackMDCAdapter());
            JsonLines lines = new JsonLines();
            lines.setContext(context);
            lines.configure(context);
            work.accept(context.getLogger(name));
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
