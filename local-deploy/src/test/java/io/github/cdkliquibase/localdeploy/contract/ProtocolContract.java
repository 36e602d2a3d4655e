package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Create, Update and Delete, and what is answered when something is wrong. A subclass says by which protocol. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProtocolContract {

    /** The two request types that run a changelog. */
    private static final String RUNNING = "CREATE|UPDATE";

    private EmbeddedDatabase server;
    private Stage stage;
    private EmbeddedDatabase database;

    abstract Stage open(UnaryOperator<FunctionSettings> settings);

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start();
        stage = open(UnaryOperator.identity());
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
    }

    @BeforeEach
    void prepare() {
        database = server.another();
        stage.empty().sql("--changeset ann:1\ncreate table t (id int);\n");
    }

    @AfterEach
    void nothingLeaks() {
        stage.nothingLeaked();
        database.close();
    }

    Stage stage() {
        return stage;
    }

    Map<String, Object> properties() {
        return stage.properties(database, Map.of());
    }

    @Test
    void createUpdateAndDeleteSucceedWithOneId() {
        CustomResource resource = stage.resource();
        int uploads = stage.bucket.uploads().size();

        Answer created = resource.create(properties());
        Answer updated = resource.update(properties());
        Answer deleted = resource.delete();

        assertThat(created.status()).as(created.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(created.data()).containsEntry("AppliedChangesets", "1");
        assertThat(updated.status()).as(updated.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(updated.data()).containsEntry("AppliedChangesets", "0");
        assertThat(deleted.status()).as(deleted.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(created.physicalResourceId()).startsWith("cdk-liquibase-");
        assertThat(updated.physicalResourceId()).isEqualTo(created.physicalResourceId());
        assertThat(deleted.physicalResourceId()).isEqualTo(created.physicalResourceId());
        assertThat(stage.bucket.uploads().size() - uploads).isEqualTo(uploadsOf(3));
        assertThat(Stage.query(database, "select count(*) from t")).isEqualTo("0");
    }

    /** How many PUTs the function owes for so many events. */
    abstract int uploadsOf(int events);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void anErrorInTheThirdOfFiveChangesetsIsNamed(RequestType type) {
        stage.sql("""
                --changeset ann:1
                create table a (id int);
                --changeset ann:2
                create table b (id int);
                --changeset ann:3
                create table c (id int primary key, id int);
                --changeset ann:4
                create table d (id int);
                --changeset ann:5
                create table e (id int);
                """);

        assertFailure(type, properties(), approved("changeset/failsInTheMiddleOfTheRun"));
        assertThat(
                        Stage.query(
                                database,
                                "select string_agg(tablename, ' ' order by 1) from pg_tables where tablename in ('a','b','c','d','e')"))
                .isEqualTo("a b");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aMissingChangelogIsToldWithWhatIsThere(RequestType type) {
        Map<String, Object> properties = properties();
        properties.put("ChangelogFile", "db/master.xml");

        assertFailure(type, properties, approved("changelog/rootMissing"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aMissingIncludeIsTold(RequestType type) {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: db/changelog/none.sql }\n");

        assertFailure(type, properties(), approved("changelog/includeMissing"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aMalformedChangelogIsToldWithItsPlace(RequestType type) {
        stage.file("db/changelog/broken.xml", "<databaseChangeLog>\n  <changeSet id=\"1\"\n</databaseChangeLog>\n");
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - include: { file: db/changelog/broken.xml }\n");

        Answer answer = send(type, properties());

        assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(answer.reason()).satisfies(approved("changelog/xmlMalformed"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aMalformedRootIsTold(RequestType type) {
        stage.file(Stage.MASTER, "databaseChangeLog:\n  - changeSet: {id: 1, author\n");

        Answer answer = send(type, properties());

        assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(answer.reason()).satisfies(approved("changelog/rootMalformed"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aWrongPasswordIsToldAfterTheSecretWasReadTwice(RequestType type) {
        stage.canary("wr0ng-password");
        Map<String, Object> properties = properties();
        String arn = stage.secrets.put("wrong", database.secret().replace(database.password(), "wr0ng-password"));
        long reads = stage.secrets.reads(arn);
        properties.put("SecretArn", arn);

        assertFailure(
                type,
                properties,
                approved(
                        "credentials/passwordRejected",
                        Map.of(
                                "database",
                                database.databaseName(),
                                "port",
                                database.port(),
                                "user",
                                database.username())));
        assertThat(stage.secrets.reads(arn) - reads).isEqualTo(2);
    }

    @Test
    void aPasswordThatIsRotatedBetweenReadingAndConnectingIsReadAgain() {
        Map<String, Object> properties = properties();
        String arn = stage.secrets.put("rotated", database.secret());
        properties.put("SecretArn", arn);
        database.rotatePassword();
        stage.canary(database.password());
        stage.secrets.rotateAfterNextRead(arn, database.secret());
        long reads = stage.secrets.reads(arn);

        Answer answer = stage.resource().create(properties);

        assertThat(answer.status()).as(answer.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(stage.secrets.reads(arn) - reads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aSecretWithoutAFieldIsToldWithTheField(RequestType type) {
        stage.canary("half-a-s3cret");
        Map<String, Object> properties = properties();
        String arn = stage.secrets.put("half", "{\"username\":\"app\",\"pass\":\"half-a-s3cret\"}");
        properties.put("SecretArn", arn);

        assertFailure(type, properties, approved("credentials/fieldMissing", Map.of("secret", quoted(arn))));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aSecretWithoutAHostIsToldWithTheTwoWaysOut(RequestType type) {
        Map<String, Object> properties = properties();
        String arn = stage.secrets.put("nowhere", "{\"username\":\"app\",\"password\":\"x\"}");
        properties.put("SecretArn", arn);

        assertFailure(type, properties, approved("credentials/hostMissing", Map.of("secret", quoted(arn))));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aSecretThatDoesNotExistIsTold(RequestType type) {
        Map<String, Object> properties = properties();
        properties.put("SecretArn", "arn:aws:secretsmanager:eu-central-1:1:secret:gone");

        assertFailure(type, properties, approved("credentials/secretMissing"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void aSecretToWhichAccessIsDeniedIsTold(RequestType type) {
        Map<String, Object> properties = properties();
        String arn = String.valueOf(properties.get("SecretArn"));
        stage.secrets.failNext(Failure.accessDenied(arn));

        Answer answer = send(type, properties);

        assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(answer.reason())
                .satisfies(
                        approved("credentials/secretDeniedWithALongName", Map.of("secret", quoted(arn), "arn", arn)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void anUnreachableHostIsToldBeforeTheFunctionEnds(RequestType type) {
        try (Stage hurried = open(settings -> settings.withTimeout(Duration.ofSeconds(8)))) {
            hurried.sql("--changeset ann:1\ncreate table t (id int);\n");
            hurried.warmUp(hurried.properties(database, Map.of()));
            Map<String, Object> properties = hurried.properties(database, Map.of("Port", "1"));
            CustomResource resource = hurried.resource();

            Answer answer = type == RequestType.CREATE ? resource.create(properties) : resource.update(properties);

            assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
            assertThat(answer.reason())
                    .satisfies(approved(
                            "connect/unreachableUntilTheDeadline",
                            Map.of("database", database.databaseName(), "host", "localhost", "port", 1)));
            hurried.nothingLeaked();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void anUnknownPropertyIsRefusedWithTheNearestKnownOne(RequestType type) {
        Map<String, Object> properties = properties();
        properties.put("Context", "prod");

        assertFailure(
                type, properties, approved("properties/unknown", Map.of("property", "Context", "nearest", "Contexts")));
        assertThat(Stage.query(database, "select count(*) from pg_tables where tablename = 't'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = RUNNING)
    void contradictoryPropertiesAreRefused(RequestType type) {
        Map<String, Object> properties = properties();
        properties.put("IamUsername", "migrator");

        assertFailure(type, properties, approved("properties/secretAndUser"));
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsNotTrusted() {
        Map<String, Object> properties = properties();
        properties.remove("SslRootCert");

        assertThat(send(RequestType.CREATE, properties).reason())
                .satisfies(approved(
                        "tls/authorityUnknown",
                        Map.of(
                                "host",
                                "localhost",
                                "database",
                                database.databaseName(),
                                "port",
                                database.port(),
                                "user",
                                database.username())));
    }

    @Test
    void aCertificateOfAnotherHostIsNotTrusted() {
        Map<String, Object> properties = properties();
        properties.put("Host", "127.0.0.1");

        assertThat(send(RequestType.CREATE, properties).reason())
                .satisfies(approved(
                        "tls/hostNameNotCovered",
                        Map.of(
                                "host",
                                "127.0.0.1",
                                "database",
                                database.databaseName(),
                                "port",
                                database.port(),
                                "user",
                                database.username())));
    }

    @Test
    void aDeleteSucceedsWithoutADatabaseForAnIdThatNobodyGave() {
        CustomResource resource = stage.resource();
        CustomResourceEvent event = withId(
                resource.event(
                        RequestType.DELETE,
                        Map.of("SecretArn", "gone", "Host", "192.0.2.1", "Nonsense", "1", "OnDelete", "DROP_ALL")),
                "stack-DatabaseMigration-1XYZ");
        long reads = stage.secrets.reads("gone");

        Answer answer = resource.send(event);

        assertThat(answer.status()).as(answer.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(answer.physicalResourceId()).isEqualTo("stack-DatabaseMigration-1XYZ");
        assertThat(stage.secrets.reads("gone")).isEqualTo(reads);
    }

    @Test
    void anUpdateAnswersWithTheIdOfItsEventWhoeverGaveIt() {
        CustomResource resource = stage.resource();

        Answer answer = resource.send(withId(resource.event(RequestType.UPDATE, properties()), "given-by-another"));

        assertThat(answer.status()).as(answer.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(answer.physicalResourceId()).isEqualTo("given-by-another");
    }

    // The old code's folder knows the first changeset otherwise than the history does, and has one that never ran.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theRollbackOfAFailedUpdateEndsGreenAndRunsNothing(boolean databaseIsThere) {
        EmbeddedDatabase own = server.another();
        CustomResource resource = stage.resource();
        Map<String, Object> before = stage.properties(own, Map.of("DeployedAt", "2026-11-19T10:00:00Z"));
        Map<String, Object> after = new HashMap<>(before);
        after.put("DeployedAt", "2026-11-20T10:00:00Z");
        assertThat(resource.create(before).succeeded()).isTrue();
        stage.sql("--changeset ann:1\ncreate table t (id int);\n--changeset ann:2\nselect nonsense;\n");
        assertThat(resource.update(after).succeeded()).isFalse();
        stage.sql("--changeset ann:1\ncreate table t (id bigint);\n--changeset ann:old\ncreate table old (id int);\n");
        if (!databaseIsThere) {
            own.close();
        }

        Answer answer = resource.rollBack();

        assertThat(answer.status()).as(answer.reason()).isEqualTo(Answer.Status.SUCCESS);
        assertThat(answer.data()).containsEntry("StackRollback", "true").containsEntry("AppliedChangesets", "0");
        if (databaseIsThere) {
            assertThat(Stage.query(own, "select string_agg(id, ' ') from databasechangelog"))
                    .isEqualTo("1");
            own.close();
        }
    }

    @Test
    void aStackRollbackIsTold() {
        EmbeddedDatabase own = server.another();
        CustomResource resource = stage.resource();
        Map<String, Object> before = stage.properties(own, Map.of("DeployedAt", "2026-11-19T10:00:00Z"));
        Map<String, Object> after = new HashMap<>(before);
        after.put("DeployedAt", "2026-11-20T10:00:00Z");
        assertThat(resource.create(before).succeeded()).isTrue();
        assertThat(resource.update(after).succeeded()).isTrue();
        stage.newLogLines();

        assertThat(resource.rollBack().data()).containsEntry("StackRollback", "true");

        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals("stack.rollback"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("level").asText()).isEqualTo("WARN");
                    assertThat(line.path("message").asText()).contains("2026-11-19T10:00:00Z", "2026-11-20T10:00:00Z");
                });
        own.close();
    }

    @Test
    void aStampFromTheFutureIsRefused() {
        assertThat(stage.resource()
                        .create(stage.properties(
                                server,
                                Map.of(
                                        "DeployedAt",
                                        Instant.now().plus(Duration.ofHours(2)).toString())))
                        .reason())
                .satisfies(approved("events/clockAhead"));
    }

    // Else every deploy after it would be taken for a stack rollback.
    @Test
    void aStampFromTheFutureThatWasTakenOnceStopsNothing() {
        EmbeddedDatabase own = server.another();
        Map<String, Object> before = stage.properties(own, Map.of());
        CustomResource resource = stage.resource();
        assertThat(resource.create(before).succeeded()).isTrue();
        CustomResourceEvent update =
                resource.event(RequestType.UPDATE, stage.properties(own, Map.of("DeployedAt", "2026-11-20T10:00:00Z")));
        Map<String, Object> ahead = new HashMap<>(before);
        ahead.put("DeployedAt", "+999999999-12-31T23:59:59Z");

        Answer answer = resource.send(withOldProperties(update, ahead));

        assertThat(answer.data()).as(answer.reason()).doesNotContainEntry("StackRollback", "true");
        own.close();
    }

    @Test
    void anUpdateToAnotherDatabaseFromAMachineWhoseClockIsLateIsADeploy() {
        EmbeddedDatabase one = server.another();
        EmbeddedDatabase other = server.another();
        CustomResource resource = stage.resource();
        assertThat(resource.create(stamped(one, "2026-11-20T10:00:00Z")).succeeded())
                .isTrue();

        Answer forth = resource.update(stamped(other, "2026-11-20T09:59:00Z"));

        assertThat(forth.data()).as(forth.reason()).doesNotContainEntry("StackRollback", "true");
        assertThat(Stage.query(other, "select count(*) > 0 from databasechangelog"))
                .isEqualTo("t");

        assertThat(resource.update(stamped(one, "2026-11-20T09:58:00Z")).data())
                .as("to where no deploy had this stamp")
                .containsEntry("StackRollback", "false");
        other.close();
        assertThat(resource.update(stamped(other, "2026-11-20T09:57:00Z")).data())
                .as("to where nothing answers")
                .containsEntry("StackRollback", "true");
        one.close();
    }

    // The secret may be all that says where the database is.
    @Test
    void anUpdateToTheSecretOfAnotherDatabaseFromAMachineWhoseClockIsLateIsADeploy() {
        EmbeddedDatabase one = server.another();
        EmbeddedDatabase other = server.another();
        CustomResource resource = stage.resource();
        assertThat(resource.create(stage.properties(one, Map.of("DeployedAt", "2026-11-20T10:00:00Z")))
                        .succeeded())
                .isTrue();

        Answer answer = resource.update(stage.properties(other, Map.of("DeployedAt", "2026-11-20T09:59:00Z")));

        assertThat(answer.data()).as(answer.reason()).doesNotContainEntry("StackRollback", "true");
        assertThat(Stage.query(other, "select count(*) > 0 from databasechangelog"))
                .isEqualTo("t");
        assertThat(resource.update(stage.properties(one, Map.of("DeployedAt", "2026-11-20T09:58:00Z")))
                        .data())
                .as("to where no deploy had this stamp")
                .containsEntry("StackRollback", "false");
        one.close();
        other.close();
    }

    private Map<String, Object> stamped(EmbeddedDatabase database, String stamp) {
        return stage.properties(database, Map.of("DatabaseName", database.databaseName(), "DeployedAt", stamp));
    }

    private static CustomResourceEvent withOldProperties(CustomResourceEvent event, Map<String, Object> properties) {
        return new CustomResourceEvent(
                event.requestType(),
                event.requestId(),
                event.stackId(),
                event.logicalResourceId(),
                event.resourceType(),
                event.serviceToken(),
                event.responseUrl(),
                event.physicalResourceId(),
                event.properties(),
                properties);
    }

    private void assertFailure(RequestType type, Map<String, Object> properties, Consumer<String> reason) {
        Answer answer = send(type, properties);
        assertThat(answer.status()).isEqualTo(Answer.Status.FAILED);
        assertThat(answer.reason()).satisfies(reason);
    }

    private Answer send(RequestType type, Map<String, Object> properties) {
        CustomResource resource = stage.resource();
        return resource.send(
                type == RequestType.CREATE
                        ? resource.event(type, properties)
                        : withId(resource.event(type, properties), "given"));
    }

    private static CustomResourceEvent withId(CustomResourceEvent event, String physicalResourceId) {
        return new CustomResourceEvent(
                event.requestType(),
                event.requestId(),
                event.stackId(),
                event.logicalResourceId(),
                event.resourceType(),
                event.serviceToken(),
                event.responseUrl(),
                physicalResourceId,
                event.properties(),
                event.oldProperties());
    }

    private static String quoted(String arn) {
        return arn.length() > 64 ? "'" + arn.substring(0, 64) + "…'" : "'" + arn + "'";
    }
}
