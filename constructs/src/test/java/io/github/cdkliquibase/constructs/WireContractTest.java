package io.github.cdkliquibase.constructs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.constructs.migration.ChangelogFolder;
import io.github.cdkliquibase.constructs.migration.DatabaseMigration;
import io.github.cdkliquibase.constructs.migration.DatabaseMigrationProps;
import io.github.cdkliquibase.constructs.migration.DatabaseTarget;
import io.github.cdkliquibase.constructs.migration.ExecuteCommand;
import io.github.cdkliquibase.constructs.migration.OnDelete;
import io.github.cdkliquibase.constructs.migration.OnStackRollback;
import io.github.cdkliquibase.constructs.migration.RollbackDataLoss;
import io.github.cdkliquibase.constructs.migration.SslMode;
import io.github.cdkliquibase.constructs.migration.Trigger;
import io.github.cdkliquibase.constructs.migration.UndefinedParameters;
import io.github.cdkliquibase.constructs.migration.WhenUnchanged;
import io.github.cdkliquibase.constructs.synthesis.Inputs;
import io.github.cdkliquibase.constructs.synthesis.SynthesisedStack;
import io.github.cdkliquibase.constructs.synthesis.Wire;
import io.github.cdkliquibase.lambda.MigrationAttribute;
import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.cloudformation.Attribute;
import io.github.cdkliquibase.lambda.cloudformation.CommonAttribute;
import io.github.cdkliquibase.lambda.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.lambda.database.Authentication;
import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.request.MigrationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.secretsmanager.Secret;

/** What the construct writes is what the function reads, and the other way round. */
final class WireContractTest {

    private static final Path CHANGELOGS = Path.of("changelogs");
    private static final String SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-AbCdEf";

    /**
     * Has no call: the waiter belongs to the construct that wires it, which the function does not have yet; messages of the
     * server are for the search of a fault; of the kind of database and of the lint there is one value each.
     */
    private static final Set<String> WITHOUT_A_CALL = Set.of("Waiter", "ServerMessages", "Engine", "Lint");

    @TempDir
    private static Path folder;

    private static Inputs inputs;

    @BeforeAll
    static void writeInputs() throws IOException {
        inputs = Inputs.writeTo(folder);
        Files.writeString(inputs.changelog().resolve("ca.pem"), "");
        Files.copy(
                inputs.changelog().resolve("db/changelog/db.changelog-master.yaml"),
                inputs.changelog().resolve("root.yaml"));
    }

    @Test
    void functionReadsEveryValueThatTheConstructWrites() {
        Map<String, Object> sent = sent(everything(withSecret()));

        MigrationRequest request = MigrationRequest.from(sent, CHANGELOGS);

        assertThat(request.database().authentication()).isEqualTo(new Authentication.Secret(SECRET));
        assertThat(request.database().host())
                .isEqualTo(HostName.of("db.example.com").orElseThrow());
        assertThat(request.database().port()).isEqualTo(5433);
        assertThat(request.database().databaseName()).isEqualTo("shop");
        assertThat(request.database().sslMode()).isEqualTo(io.github.cdkliquibase.lambda.engine.SslMode.VERIFY_CA);
        assertThat(request.database().sslRootCert()).isEqualTo(CHANGELOGS.resolve("ca.pem"));
        assertThat(request.lockTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(request.database().connectTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(request.changelog())
                .isEqualTo(new Changelog(
                        CHANGELOGS,
                        "root.yaml",
                        "test or demo",
                        "expand",
                        Map.of("owner", "shop", "year", "2026"),
                        "shop",
                        new Changelog.History("history", "shop_log", "shop_log_lock")));
        assertThat(request.undefinedParameters())
                .isEqualTo(io.github.cdkliquibase.lambda.changelog.RunOptions.UndefinedParameters.REFUSE);
        assertThat(request.skipsUnchanged()).isFalse();
        assertThat(request.restartChangeset()).hasValue("db/changes.sql::7::ann");
        assertThat(request.executeCommand())
                .isEqualTo(io.github.cdkliquibase.lambda.changelog.RunOptions.ExecuteCommand.ALLOW);
        assertThat(MigrationRequest.dropsOnDelete(sent)).isTrue();
    }

    @Test
    void functionReadsWhatTheConstructWritesForIam() {
        Map<String, Object> sent = sent(everything(minimal()));

        assertThat(MigrationRequest.from(sent, CHANGELOGS).database().authentication())
                .isEqualTo(new Authentication.IamToken("migrator"));
    }

    @Test
    void constructSetsEveryPropertyThatTheFunctionKnowsAndNoOther() {
        Set<String> set = new TreeSet<>(WITHOUT_A_CALL);
        set.addAll(sent(everything(minimal())).keySet());
        set.addAll(sent(everything(withSecret())).keySet());

        assertThat(set).containsExactlyInAnyOrderElementsOf(MigrationRequest.propertyNames());
    }

    @Test
    void constructHasAMethodForEveryAttributeOfTheAnswerAndNoOther() {
        Stack stack = new Stack(inputs.app(Map.of()), "Stack");

        assertThat(Wire.attributes(
                        new DatabaseMigration(stack, "Migration", minimal().build())))
                .containsExactlyInAnyOrderElementsOf(Stream.<Attribute>concat(
                                Stream.of(MigrationAttribute.values()), Stream.of(CommonAttribute.values()))
                        .map(Attribute::key)
                        .toList());
    }

    // The tests below show that the function takes each word of the construct. A property with one word has no method
    // on
    // the construct.
    @Test
    void constructHasEveryWordThatTheFunctionAllows() {
        assertThat(MigrationRequest.allowedWords("SslMode")).hasSameSizeAs(SslMode.values());
        assertThat(MigrationRequest.allowedWords("Engine")).hasSize(1);
        assertThat(MigrationRequest.allowedWords("Lint")).hasSize(1);
        assertThat(MigrationRequest.allowedWords("OnDelete")).hasSameSizeAs(OnDelete.values());
        assertThat(MigrationRequest.allowedWords("OnStackRollback")).hasSameSizeAs(OnStackRollback.values());
        assertThat(MigrationRequest.allowedWords("RollbackDataLoss")).hasSameSizeAs(RollbackDataLoss.values());
        assertThat(MigrationRequest.allowedWords("UndefinedParameters")).hasSameSizeAs(UndefinedParameters.values());
        assertThat(MigrationRequest.allowedWords("WhenUnchanged")).hasSameSizeAs(WhenUnchanged.values());
        assertThat(MigrationRequest.allowedWords("ExecuteCommand")).hasSameSizeAs(ExecuteCommand.values());
    }

    @ParameterizedTest
    @EnumSource
    void functionKnowsEveryWordOfOnStackRollback(OnStackRollback what) {
        Map<String, Object> sent = sent(withSecret().onStackRollback(what));

        assertThat(MigrationRequest.from(sent, CHANGELOGS)).isNotNull();
        assertThat(MigrationRequest.rollsBack(sent)).isEqualTo(what == OnStackRollback.ROLLBACK);
    }

    @ParameterizedTest
    @EnumSource
    void functionKnowsEveryWordOfRollbackDataLoss(RollbackDataLoss what) {
        assertThat(MigrationRequest.from(sent(withSecret().rollbackDataLoss(what)), CHANGELOGS)
                        .allowsDataLoss())
                .isEqualTo(what == RollbackDataLoss.ALLOW);
    }

    @ParameterizedTest
    @EnumSource
    void functionKnowsEveryWordOfSslMode(SslMode mode) {
        assertThat(MigrationRequest.from(sent(withSecret().sslMode(mode)), CHANGELOGS)
                        .database()
                        .sslMode()
                        .name())
                .isEqualTo(mode.name());
    }

    @ParameterizedTest
    @EnumSource
    void functionTakesEveryWordOfOnDelete(OnDelete onDelete) {
        readable(minimal().onDelete(onDelete));
    }

    @ParameterizedTest
    @EnumSource
    void functionTakesEveryWordOfUndefinedParameters(UndefinedParameters what) {
        assertThat(readable(minimal().undefinedParameters(what))
                        .undefinedParameters()
                        .name())
                .isEqualTo(what.name());
    }

    @ParameterizedTest
    @EnumSource
    void functionTakesEveryWordOfWhenUnchanged(WhenUnchanged what) {
        assertThat(readable(minimal().whenUnchanged(what)).skipsUnchanged()).isEqualTo(what == WhenUnchanged.SKIP);
    }

    @ParameterizedTest
    @EnumSource
    void functionTakesEveryWordOfExecuteCommand(ExecuteCommand decision) {
        assertThat(readable(minimal().executeCommand(decision)).executeCommand().name())
                .isEqualTo(decision.name());
    }

    @Test
    void functionTellsFromTheStampsThatAnEarlierDeployIsARollback() {
        Map<String, Object> first = sent(minimal());
        Map<String, Object> second = sent(minimal().clock(Clock.fixed(Inputs.NOW.plusMillis(1), ZoneOffset.UTC)));

        assertThat(update(second, first).isStackRollback(Instant.now())).isTrue();
        assertThat(update(first, second).isStackRollback(Instant.now())).isFalse();
    }

    private static CustomResourceEvent update(Map<String, Object> from, Map<String, Object> to) {
        return CustomResourceEvent.from(
                Map.of("RequestType", "Update", "ResourceProperties", to, "OldResourceProperties", from));
    }

    @Test
    void triggerOnChangeSendsTheHashAndNoStamp() {
        assertThat(sent(minimal().trigger(Trigger.ON_CHANGE)))
                .containsKey("ChangelogHash")
                .doesNotContainKey("DeployedAt");
    }

    private static MigrationRequest readable(DatabaseMigrationProps.Builder builder) {
        return MigrationRequest.from(sent(builder), CHANGELOGS);
    }

    private static DatabaseMigrationProps.Builder minimal() {
        return database().iamUsername("migrator");
    }

    private static DatabaseMigrationProps.Builder withSecret() {
        return database().secret(Secret.fromSecretCompleteArn(new Stack(), "Secret", SECRET));
    }

    private static DatabaseMigrationProps.Builder database() {
        return DatabaseMigrationProps.builder()
                .database(DatabaseTarget.of("db.example.com", 5433))
                .databaseName("shop")
                .changelog(inputs.changelog())
                .functionArchive(inputs.migrationLambda())
                .clock(Clock.fixed(Inputs.NOW, ZoneOffset.UTC));
    }

    private static DatabaseMigrationProps.Builder everything(DatabaseMigrationProps.Builder builder) {
        return builder.sslMode(SslMode.VERIFY_CA)
                .sslRootCert("ca.pem")
                .changelog(new ChangelogFolder(inputs.changelog(), "root.yaml"))
                .contexts("test or demo")
                .labelFilter("expand")
                .defaultSchema("shop")
                .liquibaseSchema("history")
                .historyTable("shop_log")
                .lockTable("shop_log_lock")
                .undefinedParameters(UndefinedParameters.REFUSE)
                .whenUnchanged(WhenUnchanged.RUN)
                .restartChangeset("db/changes.sql::7::ann")
                .executeCommand(ExecuteCommand.ALLOW)
                .parameters(Map.of("owner", "shop", "year", "2026"))
                .lockTimeout(software.amazon.awscdk.Duration.millis(1500))
                .connectTimeout(software.amazon.awscdk.Duration.minutes(2))
                .onStackRollback(OnStackRollback.ROLLBACK)
                .rollbackDataLoss(RollbackDataLoss.ALLOW)
                .onDelete(OnDelete.DROP_ALL);
    }

    private static Map<String, Object> sent(DatabaseMigrationProps.Builder builder) {
        App app = inputs.app(Map.of());
        Stack stack = new Stack(app, "Stack");
        new DatabaseMigration(stack, "Migration", builder.build());
        app.synth();
        return asSent(SynthesisedStack.of(Path.of(app.getOutdir()), "Stack"));
    }

    private static Map<String, Object> asSent(SynthesisedStack stack) {
        return Wire.asSent(stack.only("Custom::DatabaseMigration").path("Properties"));
    }
}
