package io.github.cdkliquibase.lambda.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.roles.DatabaseRoles;
import io.github.cdkliquibase.lambda.roles.Role;
import io.github.cdkliquibase.lambda.roles.RolePurpose;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class RolesRequestTest {

    private static final Path FOLDER = Path.of("/opt/changelog");

    @Test
    void theOwnerAloneIsEnough() {
        RolesRequest request = RolesRequest.from(properties(Map.of()), FOLDER);

        assertThat(request.action()).isEqualTo(RolesAction.RECONCILE);
        assertThat(request.dropsRemoved()).isFalse();
        assertThat(request.roles())
                .isEqualTo(new DatabaseRoles(Map.of(RolePurpose.OWNER, new Role("migrator", null)), List.of("public")));
    }

    @Test
    void everyPropertyIsRead() {
        Map<String, Object> properties = properties(Map.of(
                "ServiceToken", "arn:token",
                "ServiceTimeout", "60",
                "DeployedAt", "2026-11-20T10:15:30Z",
                "Action", "PROBE",
                "Host", "db.example.com",
                "Port", "6543",
                "DatabaseName", "shop",
                "SslMode", "require",
                "SslRootCert", "ca.pem",
                "Schemas", List.of("public", "Sales \"1\"")));
        properties.put("ConnectTimeout", "PT1M");
        properties.put("Application", Map.of("Name", "shop", "SecretArn", "arn:shop"));
        properties.put("ReadOnly", Map.of("Name", "report"));
        properties.put("OnDelete", "REASSIGN_AND_DROP");

        RolesRequest request = RolesRequest.from(properties, FOLDER);

        assertThat(request.action()).isEqualTo(RolesAction.PROBE);
        assertThat(request.dropsRemoved()).isTrue();
        assertThat(request.database().port()).isEqualTo(6543);
        assertThat(request.database().connectTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(request.database().sslRootCert()).isEqualTo(FOLDER.resolve("ca.pem"));
        assertThat(request.roles())
                .isEqualTo(new DatabaseRoles(
                        Map.of(
                                RolePurpose.OWNER, new Role("migrator", null),
                                RolePurpose.APPLICATION, new Role("shop", "arn:shop"),
                                RolePurpose.READ_ONLY, new Role("report", null)),
                        List.of("public", "Sales \"1\"")));
    }

    static List<Arguments> refused() {
        return List.of(
                Arguments.of(Map.of("Schema", "x"), "Property 'Schema' is not known. Did you mean 'Schemas'?"),
                Arguments.of(
                        Map.of("Owner", Map.of("Username", "x")),
                        "Property 'Owner.Username' is not known. Did you mean 'Owner.Name'?"),
                Arguments.of(Map.of("Owner", Map.of()), "Property 'Owner.Name' must be set"),
                Arguments.of(Map.of("Owner", "migrator"), "Property 'Owner' must be a map, got a single value"),
                Arguments.of(
                        Map.of("Owner", Map.of("Name", "x".repeat(64))),
                        "Property 'Owner.Name' must be a PostgreSQL name of at most 63 bytes, got '" + "x".repeat(64)
                                + "'"),
                Arguments.of(
                        Map.of("Owner", Map.of("Name", "x", "SecretArn", "")),
                        "Property 'Owner.SecretArn' must not be empty. Leave it out for its default"),
                Arguments.of(
                        Map.of("Application", Map.of("Name", "migrator")),
                        "Properties 'Owner.Name' and 'Application.Name' must name two roles, got 'migrator' for both"),
                Arguments.of(
                        Map.of("Application", Map.of("Name", "rds_iam")),
                        "Property 'Application.Name' must be a role of your own, and none of PostgreSQL's or RDS's, got 'rds_iam'"),
                Arguments.of(
                        Map.of("Schemas", List.of("information_schema")),
                        "Property 'Schemas' must be schemas of your own, and none of the server's, got 'information_schema'"),
                Arguments.of(
                        Map.of("Schemas", "public"),
                        "Property 'Schemas' must be a list of one text or more, got a single value"),
                Arguments.of(
                        Map.of("Schemas", List.of()),
                        "Property 'Schemas' must be a list of one text or more, got a list"),
                Arguments.of(
                        Map.of("Schemas", List.of(List.of())),
                        "Property 'Schemas' must be a list of texts, but holds a list"),
                Arguments.of(
                        Map.of("Schemas", List.of("a", "a")),
                        "Property 'Schemas' must name each one once, got 'a' twice"),
                Arguments.of(
                        Map.of("ConnectTimeout", "5 min"),
                        "Property 'ConnectTimeout' must be an ISO-8601 duration from PT0.001S to P24D, such as 'PT5S', got '5 min'"),
                Arguments.of(
                        Map.of("Action", "probe"),
                        "Property 'Action' must be one of 'RECONCILE', 'PROBE', got 'probe'"),
                Arguments.of(
                        Map.of("OnDelete", "DROP_ALL"),
                        "Property 'OnDelete' must be one of 'RETAIN', 'REASSIGN_AND_DROP', got 'DROP_ALL'"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsWrongIsRefusedByName(Map<String, Object> more, String reason) {
        assertThatThrownBy(() -> RolesRequest.from(properties(more), FOLDER))
                .isInstanceOf(MigrationException.class)
                .hasMessage(reason);
    }

    @Test
    void anOwnerIsNeeded() {
        assertThatThrownBy(() -> RolesRequest.from(Map.of("SecretArn", "arn:admin"), FOLDER))
                .hasMessage("Property 'Owner' must be set");
    }

    @Test
    void whatTheLastDeployMadeIsReadFromWhateverIsThere() {
        assertThat(RolesRequest.before(properties(Map.of("Nonsense", "1"))))
                .hasValueSatisfying(roles -> assertThat(roles.schemas()).containsExactly("public"));
        assertThat(RolesRequest.before(properties(Map.of("Action", "PROBE")))).isEmpty();
        assertThat(RolesRequest.before(null)).isEmpty();
        assertThat(RolesRequest.before("text")).isEmpty();
        assertThat(RolesRequest.before(Map.of("Owner", "text"))).isEmpty();
    }

    @Test
    void onlyOneWordDropsOnDelete() {
        assertThat(RolesRequest.dropsOnDelete(Map.of("OnDelete", "REASSIGN_AND_DROP")))
                .isTrue();
        assertThat(RolesRequest.dropsOnDelete(Map.of("OnDelete", "REASSIGN_AND_DROP", "Action", "PROBE")))
                .isFalse();
        assertThat(RolesRequest.dropsOnDelete(Map.of("OnDelete", "DROP_ALL"))).isFalse();
        assertThat(RolesRequest.dropsOnDelete("REASSIGN_AND_DROP")).isFalse();
    }

    private static Map<String, Object> properties(Map<String, ?> more) {
        Map<String, Object> properties =
                new HashMap<>(Map.of("SecretArn", "arn:admin", "Owner", Map.of("Name", "migrator")));
        properties.putAll(more);
        return properties;
    }
}
