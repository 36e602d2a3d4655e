package io.github.cdkliquibase.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.database.SslMode;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stack sends is what the function reads. */
final class WireContractTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final Path CHANGELOGS = Path.of("changelogs");

    @TempDir
    private static Path folder;

    private static Inputs inputs;

    @BeforeAll
    static void writeInputs() throws IOException {
        inputs = Inputs.writeTo(folder);
    }

    @Test
    void functionReadsTheValuesThatTheStackWrites() {
        SynthesisedStack stack = inputs.synthesise(NOW);
        String secret = stack.idOf("AWS::SecretsManager::SecretTargetAttachment", Map.of());

        MigrationRequest request = MigrationRequest.from(propertiesAsSent(stack), CHANGELOGS);

        assertThat(request.database().secretArn()).isEqualTo(deployed(secret));
        assertThat(request.database().databaseName())
                .isEqualTo(stack.only("AWS::RDS::DBCluster")
                        .path("Properties")
                        .path("DatabaseName")
                        .asText());
        assertThat(request.database().sslMode()).isEqualTo(SslMode.VERIFY_FULL);
        assertThat(request.changelog())
                .isEqualTo(new Changelog(
                        CHANGELOGS, "db/changelog/db.changelog-master.yaml", "", "", Map.of(), null, null));
        assertThat(inputs.changelog().resolve(request.changelog().file())).isRegularFile();
    }

    @Test
    void functionTellsFromTheStampsThatAnEarlierDeployIsARollback() {
        Map<String, Object> first = propertiesAsSent(inputs.synthesise(NOW));
        Map<String, Object> second = propertiesAsSent(inputs.synthesise(NOW.plusMillis(1)));

        assertThat(MigrationRequest.isStackRollback(first, second)).isTrue();
        assertThat(MigrationRequest.isStackRollback(second, first)).isFalse();
    }

    private static Map<String, Object> propertiesAsSent(SynthesisedStack stack) {
        Map<String, Object> properties = new LinkedHashMap<>();
        stack.only("Custom::DatabaseMigration")
                .path("Properties")
                .propertyStream()
                .forEach(property -> properties.put(property.getKey(), asSent(property.getValue())));
        return properties;
    }

    // CloudFormation puts a text for each reference, and hands every scalar over as a text.
    private static String asSent(JsonNode value) {
        if (value.has("Ref")) {
            return deployed(value.path("Ref").asText());
        }
        if (value.has("Fn::GetAtt")) {
            return deployed(value.path("Fn::GetAtt").path(0).asText());
        }
        assertThat(value.isValueNode()).as("text or reference: %s", value).isTrue();
        return value.asText();
    }

    private static String deployed(String logicalId) {
        return "arn:aws:service:eu-central-1:111122223333:kind:" + logicalId;
    }
}
