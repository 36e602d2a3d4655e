package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code OnDelete: DROP_ALL} drops what its own resource has made, and nothing else. */
@Tag("slow")
final class DropAllIT extends WarmFunction {

    private static final String CUSTOMER = "--changeset ann:1\ncreate table customer (id int primary key);\n";

    private final NamesOfFunction names = new NamesOfFunction();

    DropAllIT() {
        super(Duration.ofSeconds(5), Stage::direct);
    }

    @Override
    FunctionSettings made(FunctionSettings settings) {
        return names.in(settings);
    }

    @AfterEach
    void answerAgain() {
        stage.secrets.failAlways(null);
    }

    @AfterAll
    void forgetNames() {
        names.close();
    }

    // CloudFormation creates the new resource before it deletes the old one.
    @Test
    void aConstructThatIsRenamedKeepsItsTables() {
        stage.sql(CUSTOMER);
        CustomResource before = created(Map.of());
        CustomResource after = created(Map.of());

        assertDeleted(before);
        assertThat(tables()).contains("customer");
        assertKept("it is also used by stack 'local-deploy', resource 'DatabaseMigration'");

        assertDeleted(after);
        assertThat(tables()).isEmpty();
    }

    @Test
    void aSchemaThatAnotherResourceRetainsIsKept() {
        stage.sql(CUSTOMER);
        CustomResource dropping = created(Map.of());
        CustomResource retaining = created(Map.of("OnDelete", "RETAIN"));
        assertDeleted(retaining);

        assertDeleted(dropping);

        assertThat(tables()).contains("customer");
    }

    @Test
    void aSchemaThatARetainingResourceHasMigratedBeforeIsKept() {
        stage.sql(CUSTOMER);
        created(Map.of("OnDelete", "RETAIN"));
        CustomResource dropping = created(Map.of());

        assertDeleted(dropping);

        assertThat(tables()).contains("customer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DROP_ALL", "RETAIN"})
    void aSchemaThatAResourceWithAnotherHistoryUsesIsKept(String onDelete) {
        Stage.execute(database, "create schema one; create schema two");
        stage.sql(CUSTOMER);
        CustomResource one = created(Map.of("DefaultSchema", "public", "LiquibaseSchema", "one"));
        stage.sql("--changeset bob:1\ncreate table invoice (id int);\n");
        created(Map.of("DefaultSchema", "public", "LiquibaseSchema", "two", "OnDelete", onDelete));

        assertDeleted(one);

        assertThat(tables()).contains("customer", "invoice");
        assertThat(Stage.query(database, "select count(*) from one.databasechangelog"))
                .isEqualTo("1");
    }

    @Test
    void aHistoryThatAnotherSchemaUsesIsKept() {
        Stage.execute(database, "create schema one; create schema two");
        stage.sql(CUSTOMER);
        CustomResource one = created(Map.of("DefaultSchema", "one", "LiquibaseSchema", "public"));
        stage.sql("--changeset bob:1\ncreate table invoice (id int);\n");
        created(Map.of("DefaultSchema", "two", "LiquibaseSchema", "public"));

        assertDeleted(one);

        assertThat(Stage.query(database, "select string_agg(id, ' ') from databasechangelog"))
                .isEqualTo("1 1");
    }

    // CloudFormation deletes what it could not create.
    @Test
    void aFirstDeployThatFailsTakesNothingWithItThatWasThereBefore() {
        Stage.execute(database, """
                create table parent (id int primary key);
                create table precious (id int primary key, parent int references parent);
                create function precious() returns int language sql as 'select 1';
                insert into parent values (1);
                insert into precious values (1, 1)""");
        stage.sql("""
                --changeset ann:1
                create table customer (id int references precious);
                alter table precious rename to treasure;
                create type mood as enum ('glad');
                alter table parent add column mood mood;
                --changeset ann:2
                select nonsense;
                """);
        CustomResource resource = stage.resource();
        assertThat(resource.create(dropping(Map.of())).succeeded()).isFalse();

        assertThat(deleted(resource, Map.of()).succeeded()).isTrue();

        assertThat(tables()).containsExactlyInAnyOrder("parent", "treasure");
        assertThat(Stage.query(database, "select count(*) from treasure join parent on parent.id = treasure.parent"))
                .isEqualTo("1");
        assertThat(Stage.query(database, "select count(mood) from parent")).isEqualTo("0");
        assertThat(Stage.query(database, "select precious()")).isEqualTo("1");
        assertThat(Stage.query(database, "select count(*) from pg_constraint where conname = 'precious_parent_fkey'"))
                .isEqualTo("1");
    }

    @Test
    void aKeyToATableOfAnotherSchemaStaysWithItsTable() {
        Stage.execute(database, """
                create schema core;
                create table core.party (id int primary key);
                create table orders (id int primary key, party int references core.party)""");
        stage.sql(CUSTOMER + "alter table orders add customer int references customer;\n");
        CustomResource resource = created(Map.of());

        assertDeleted(resource);

        assertThat(tables()).containsExactlyInAnyOrder("party", "orders");
        assertThat(Stage.query(database, "select string_agg(conname, ' ') from pg_constraint where contype = 'f'"))
                .isEqualTo("orders_party_fkey");
    }

    @Test
    void aPartitionOrASequenceOfBeforeIsPartedFromATableThatIsDropped() {
        Stage.execute(database, """
                create table events (id int, year int);
                create table log (id int, year int) partition by list (year);
                create table log_2024 partition of log for values in (2024);
                create sequence numbers;
                insert into events values (1, 2025);
                insert into log values (1, 2024);
                select nextval('numbers')""");
        stage.sql("""
                --changeset ann:1
                create table happenings (id int, year int) partition by list (year);
                alter table happenings attach partition events for values in (2025);
                alter table log detach partition log_2024;
                create table log_2026 partition of log for values in (2026);
                create table counted (id int default nextval('numbers'));
                alter sequence numbers owned by counted.id;
                """);
        CustomResource resource = created(Map.of());

        assertDeleted(resource);

        assertThat(tables()).containsExactlyInAnyOrder("events", "log", "log_2024");
        assertThat(Stage.query(database, "select count(*) from events, log_2024"))
                .isEqualTo("1");
        assertThat(Stage.query(database, "select last_value from numbers")).isEqualTo("1");
    }

    @Test
    void aDeleteThatWasCutShortIsRepeated() {
        stage.sql(CUSTOMER + "create table orders (id int);\n");
        CustomResource resource = created(Map.of());
        Connection reader = administrator.take("begin; select * from orders");
        assertThat(resource.delete().succeeded()).isFalse();
        Administrator.giveUp(reader);

        assertDeleted(resource);

        assertThat(tables()).isEmpty();
    }

    @Test
    void aResourceWhoseUserCannotBeNotedIsRefusedWhereAnotherOneDrops() {
        stage.sql(CUSTOMER);
        CustomResource dropping = created(Map.of());
        String user = database.databaseName() + "_deployer";
        administrator.execute("create role %s login password 'of-the-deployer'".formatted(user));
        administrator.execute(
                "grant select, insert, update, delete on all tables in schema public to %s".formatted(user));
        stage.canary("of-the-deployer");
        Map<String, Object> properties = new HashMap<>(stage.properties(
                database, Map.of("Host", "localhost", "Port", server.port(), "DatabaseName", database.databaseName())));
        properties.put(
                "SecretArn",
                stage.secrets.put(
                        "deployer", "{\"username\":\"%s\",\"password\":\"of-the-deployer\"}".formatted(user)));

        assertThat(stage.resource().create(properties).reason())
                .satisfies(approved("delete/schemaOfAResourceThatDrops", Map.of("user", database.username())));

        administrator.execute("grant %s to %s".formatted(database.username(), user));
        assertThat(stage.resource().create(properties).succeeded()).isTrue();
        assertDeleted(dropping);
        assertThat(tables()).contains("customer");
        administrator.execute("drop owned by %1$s; drop role %1$s".formatted(user));
    }

    @Test
    void aNoteThatIsOnNoLockTableDoesNotCount() {
        stage.sql(CUSTOMER);
        CustomResource resource = created(Map.of());
        Stage.execute(database, """
                create schema guest;
                create table guest.t (id int);
                comment on table guest.t is 'cdk-liquibase {"schemas":{"public":{"resources":[{"id":"x","name":"stack billing"}]}}}'
                """);

        assertDeleted(resource);

        assertThat(tables()).doesNotContain("customer");
    }

    @Test
    void aSearchPathThatLeadsNowhereLetsItsStackBeDeleted() {
        stage.sql(CUSTOMER);
        CustomResource resource = created(Map.of());
        administrator.execute("alter role %s set search_path = nowhere".formatted(database.username()));

        assertDeleted(resource);

        assertKept("the search path of the user names no existing schema");
    }

    @Test
    void aSchemaWithAHistoryOfAnotherToolIsKept() {
        stage.sql(CUSTOMER);
        created(Map.of());
        Stage.execute(database, "comment on table databasechangeloglock is null");
        CustomResource late = created(Map.of());

        assertDeleted(late);

        assertThat(tables()).contains("customer");
        assertKept("its content before the first deploy of this resource is not known");
    }

    @Test
    void aCommentOfAPersonOnTheLockTableStays() {
        stage.sql(CUSTOMER);
        CustomResource resource = created(Map.of());
        Stage.execute(database, "comment on table databasechangeloglock is 'Do not touch'");
        deploy();

        assertDeleted(resource);

        assertThat(tables()).contains("customer");
        assertThat(Stage.query(database, "select obj_description('databasechangeloglock'::regclass)"))
                .isEqualTo("Do not touch");
    }

    @Test
    void aResourceThatNeverRanDropsNothing() {
        stage.sql(CUSTOMER);
        CustomResource resource = stage.resource();
        assertThat(resource.create(dropping(Map.of("Port", "none"))).succeeded())
                .isFalse();
        created(Map.of());

        assertThat(deleted(resource, Map.of()).succeeded()).isTrue();

        assertThat(tables()).contains("customer");
    }

    @Test
    void aDatabaseThatIsGoneLetsItsStackBeDeleted() {
        stage.sql(CUSTOMER);
        EmbeddedDatabase other = server.another();
        CustomResource resource = stage.resource();
        assertThat(resource.create(stage.properties(other, Map.of("OnDelete", "DROP_ALL")))
                        .succeeded())
                .isTrue();
        administrator.execute("drop database %s with (force)".formatted(other.databaseName()));

        assertDeleted(resource);
        assertGone("the database does not exist (3D000)");
    }

    @Test
    void aSchemaThatIsGoneLetsItsStackBeDeleted() {
        Stage.execute(database, "create schema one");
        stage.sql(CUSTOMER);
        CustomResource resource = created(Map.of("DefaultSchema", "one"));
        Stage.execute(database, "drop schema one cascade");

        assertDeleted(resource);
        assertGone("schema 'one' does not exist");
    }

    @Test
    void aSecretThatIsGoneLetsItsStackBeDeleted() {
        stage.sql(CUSTOMER);
        CustomResource resource = created(Map.of());
        stage.secrets.failAlways(Failure.markedForDeletion());

        assertDeleted(resource);
        assertGone("the secret is deleted");
    }

    @Test
    void aHostThatIsGoneLetsItsStackBeDeleted() {
        stage.sql(CUSTOMER);
        CustomResource resource = created(Map.of());

        assertThat(deleted(resource, Map.of("Host", NamesOfFunction.HOST)).succeeded())
                .isTrue();
        assertGone("no name server knows the host");

        names.makeUnanswered();
        assertThat(deleted(resource, Map.of("Host", NamesOfFunction.HOST)).succeeded())
                .isFalse();
        names.makeUnknown();
    }

    @Test
    void aServerThatDoesNotAnswerIsNotTakenForGone() {
        stage.sql(CUSTOMER);
        CustomResource resource = created(Map.of());

        assertThat(deleted(resource, Map.of("Port", "1")).succeeded()).isFalse();
    }

    private CustomResource created(Map<String, ?> more) {
        CustomResource resource = stage.resource();
        Answer answer = resource.create(dropping(more));
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        return resource;
    }

    private Map<String, Object> dropping(Map<String, ?> more) {
        Map<String, Object> properties = new HashMap<>(stage.properties(database, Map.of("OnDelete", "DROP_ALL")));
        properties.putAll(more);
        return properties;
    }

    // Also what it could not create, CloudFormation deletes with the properties of the attempt.
    private Answer deleted(CustomResource resource, Map<String, ?> more) {
        return resource.send(resource.event(RequestType.DELETE, dropping(more)));
    }

    private static void assertDeleted(CustomResource resource) {
        Answer answer = resource.delete();
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    private void assertKept(String why) {
        assertTold("schema.kept", why);
    }

    private void assertGone(String what) {
        assertTold("schema.gone", what);
    }

    private void assertTold(String event, String words) {
        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals(event))
                .singleElement()
                .satisfies(line -> assertThat(line.path("message").asText()).contains(words));
    }

    private List<String> tables() {
        try {
            return database.tables().stream().map(TargetDatabase.Table::name).toList();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
