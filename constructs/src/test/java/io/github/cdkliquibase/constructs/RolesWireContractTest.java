package io.github.cdkliquibase.constructs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.migration.DatabaseRole;
import io.github.cdkliquibase.constructs.migration.DatabaseRoles;
import io.github.cdkliquibase.constructs.migration.DatabaseRolesProps;
import io.github.cdkliquibase.constructs.migration.DatabaseTarget;
import io.github.cdkliquibase.constructs.migration.OnRolesDelete;
import io.github.cdkliquibase.constructs.migration.SslMode;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import io.github.cdkliquibase.constructs.synthesis.Wire;
import io.github.cdkliquibase.lambda.RolesAttribute;
import io.github.cdkliquibase.lambda.RolesHandler;
import io.github.cdkliquibase.lambda.cloudformation.Attribute;
import io.github.cdkliquibase.lambda.cloudformation.CommonAttribute;
import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.request.RolesAction;
import io.github.cdkliquibase.lambda.request.RolesRequest;
import io.github.cdkliquibase.lambda.roles.Role;
import io.github.cdkliquibase.lambda.roles.RolePurpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.amazon.awscdk.services.secretsmanager.Secret;

/** What the construct of the roles writes is what their function reads, and the other way round. */
final class RolesWireContractTest {

    private static final Path FOLDER = Path.of("changelogs");
    private static final String ADMIN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:admin-AbCdEf";
    private static final String APPLICATION = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:app-AbCdEf";

    /** The names are known when the template is made; the others are those of a probe, or for the reader of a log. */
    private static final Set<String> WITHOUT_A_METHOD =
            Set.of("OwnerName", "ApplicationName", "ReadOnlyName", "ProbedTables", "ElapsedMillis", "Version");

    @TempDir
    private Path folder;

    private Inputs inputs;
    private App app;
    private Stack stack;

    @BeforeEach
    void open() throws IOException {
        inputs = Inputs.writeTo(folder);
        Files.writeString(inputs.changelog().resolve("ca.pem"), "");
        app = inputs.app(Map.of());
        stack = new Stack(app, "Stack");
    }

    @Test
    void functionReadsEveryValueThatTheConstructWrites() {
        RolesRequest request = RolesRequest.from(sent(everything().secret(secret("Admin", ADMIN))), FOLDER);

        assertThat(request.database().authentication()).isEqualTo(new Authentication.Secret(ADMIN));
        assertThat(request.database().databaseName()).isEqualTo("shop");
        assertThat(request.database().connectTimeout()).isEqualTo(java.time.Duration.ofMinutes(2));
        assertThat(request.database().sslRootCert()).isEqualTo(FOLDER.resolve("ca.pem"));
        assertThat(request.action()).isEqualTo(RolesAction.RECONCILE);
        assertThat(request.roles().schemas()).containsExactly("shop", "history");
        assertThat(request.roles().roles())
                .isEqualTo(Map.of(
                        RolePurpose.OWNER, new Role("shop_owner", null),
                        RolePurpose.APPLICATION, new Role("shop_app", APPLICATION),
                        RolePurpose.READ_ONLY, new Role("shop_report", null)));
        assertThat(request.dropsRemoved()).isTrue();
    }

    @Test
    void constructSetsEveryPropertyThatTheFunctionKnowsAndNoOther() {
        Set<String> set =
                new TreeSet<>(sent(everything().secret(secret("Admin", ADMIN))).keySet());
        set.addAll(sent(everything().iamUsername("postgres")).keySet());

        assertThat(set).containsExactlyInAnyOrderElementsOf(RolesRequest.propertyNames());
    }

    @Test
    void constructHasAMethodForEveryAttributeThatItDoesNotKnowByItself() {
        Set<String> attributes = new TreeSet<>(WITHOUT_A_METHOD);
        attributes.addAll(
                Wire.attributes(new DatabaseRoles(stack, "Roles", minimal().build())));

        assertThat(attributes)
                .containsExactlyInAnyOrderElementsOf(Stream.<Attribute>concat(
                                Stream.of(RolesAttribute.values()), Stream.of(CommonAttribute.values()))
                        .map(Attribute::key)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void functionTakesEveryWordOfOnDelete(OnRolesDelete onDelete) {
        Map<String, Object> sent = sent(minimal().onDelete(onDelete));

        assertThat(RolesRequest.from(sent, FOLDER).dropsRemoved())
                .isEqualTo(onDelete == OnRolesDelete.REASSIGN_AND_DROP);
    }

    @Test
    void handlerIsThatOfTheRoles() {
        sent(minimal());

        assertThat(SynthesisedStack.of(Path.of(app.getOutdir()), "Stack")
                        .only("AWS::Lambda::Function", Map.of("Runtime", "java21"))
                        .path("Properties")
                        .path("Handler")
                        .asText())
                .isEqualTo(RolesHandler.class.getName() + "::onEvent");
    }

    @Test
    void migrationOfRolesRunsAsTheirOwnerAndIsFollowedByAProbe() {
        DatabaseRoles roles = new DatabaseRoles(stack, "Roles", minimal().build());
        migrate(roles);
        app.synth();
        SynthesisedStack synthesised = SynthesisedStack.of(Path.of(app.getOutdir()), "Stack");
        JsonNode migration = synthesised.only("Custom::DatabaseMigration").path("Properties");
        JsonNode probe = synthesised
                .only("Custom::DatabaseRoles", Map.of("Action", "PROBE"))
                .path("Properties");

        assertThat(migration.path("IamUsername").asText()).isEqualTo("shop_owner");
        assertThat(migration.path("DatabaseName").asText()).isEqualTo("shop");
        assertThat(migration.has("SecretArn")).isFalse();
        assertThat(RolesRequest.from(Wire.asSent(probe), FOLDER).action()).isEqualTo(RolesAction.PROBE);
    }

    @Test
    void ownerWithASecretIsMigratedAsWithThisSecret() {
        DatabaseRoles roles = new DatabaseRoles(
                stack,
                "Roles",
                minimal()
                        .owner(DatabaseRole.withSecret("migrator", secret("Owner", APPLICATION)))
                        .build());
        migrate(roles);
        app.synth();

        assertThat(SynthesisedStack.of(Path.of(app.getOutdir()), "Stack")
                        .only("Custom::DatabaseMigration")
                        .path("Properties")
                        .path("SecretArn")
                        .asText())
                .isEqualTo(APPLICATION);
    }

    @Test
    void whatIsMissingOrContradictsIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> minimal()
                        .application(DatabaseRole.withIam("shop_owner"))
                        .build())
                .withMessage("Each role must have a name of its own, got 'shop_owner' twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseRolesProps.builder()
                        .database(DatabaseTarget.of("db.example.com", 5432))
                        .secret(secret("Admin", ADMIN))
                        .build())
                .withMessage("Missing: the database: 'databaseName'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseRole.withIam(""))
                .withMessage("The name of a role must be 1 to 63 bytes long, got ''");
    }

    private void migrate(DatabaseRoles roles) {
        new DatabaseMigration(
                stack,
                "Migration",
                DatabaseMigrationProps.builder()
                        .roles(roles)
                        .changelog(inputs.changelog())
                        .functionArchive(inputs.migrationLambda())
                        .build());
    }

    private DatabaseRolesProps.Builder minimal() {
        return builder().secret(secret("Admin", ADMIN));
    }

    private DatabaseRolesProps.Builder everything() {
        return builder()
                .sslMode(SslMode.VERIFY_FULL)
                .connectTimeout(software.amazon.awscdk.Duration.minutes(2))
                .sslRootCert(inputs.changelog().resolve("ca.pem"))
                .schemas("shop", "history")
                .application(DatabaseRole.withSecret("shop_app", secret("Application", APPLICATION)))
                .readOnly(DatabaseRole.withIam("shop_report"))
                .onDelete(OnRolesDelete.REASSIGN_AND_DROP);
    }

    private DatabaseRolesProps.Builder builder() {
        return DatabaseRolesProps.builder()
                .database(DatabaseTarget.of("db.example.com", 5432))
                .databaseName("shop")
                .functionArchive(inputs.migrationLambda());
    }

    private static ISecret secret(String id, String arn) {
        return Secret.fromSecretCompleteArn(new Stack(), id, arn);
    }

    private Map<String, Object> sent(DatabaseRolesProps.Builder builder) {
        app = inputs.app(Map.of());
        stack = new Stack(app, "Stack");
        new DatabaseRoles(stack, "Roles", builder.build());
        app.synth();
        return Wire.asSent(SynthesisedStack.of(Path.of(app.getOutdir()), "Stack")
                .only("Custom::DatabaseRoles", Map.of("Action", "RECONCILE"))
                .path("Properties"));
    }
}
