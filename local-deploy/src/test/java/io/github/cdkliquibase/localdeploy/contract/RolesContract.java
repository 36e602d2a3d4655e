package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static io.github.cdkliquibase.localdeploy.contract.RolesScene.iamRole;
import static io.github.cdkliquibase.localdeploy.contract.RolesScene.later;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The roles of a database, by an administrator that is no superuser. A subclass says on which version of PostgreSQL; every
 * statement is logged by the server, so that a password in one would be seen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RolesContract {

    private static final String REFUSED = "42501";

    private static final String LATER_TABLE = "create table invoice (id bigserial primary key, total int)";
    private static final String HISTORY =
            "create table databasechangelog (id text); create table databasechangeloglock (id int)";

    private final ScratchFolder serverLog = ScratchFolder.create("server-log");
    private EmbeddedDatabase server;
    private Stage stage;
    private RolesScene scene;

    /** Starts a server with these settings. */
    abstract EmbeddedDatabase start(Map<String, String> settings);

    @BeforeAll
    void start() {
        server = start(Map.of(
                "log_statement", "all",
                "logging_collector", "on",
                "log_directory", serverLog.path().toString()));
        stage = Stage.behindProvider(settings -> settings.withHandler(RolesScene.HANDLER + "::onEvent"));
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
        serverLog.close();
    }

    @BeforeEach
    void prepare() {
        scene = new RolesScene(stage, server);
        stage.newLogLines();
    }

    @AfterEach
    void nothingLeaks() {
        scene.close();
        stage.nothingLeaked();
    }

    @Test
    void threeRolesAreMadeOnADatabaseThatHasObjectsAndDefaultPrivileges() {
        scene.asAdministrator("create extension hstore");
        scene.asAdministrator("create table customer (id serial primary key, name text)");
        scene.asAdministrator("insert into customer (name) values ('Ann')");
        scene.asAdministrator("create view customer_name as select name from customer");
        scene.asAdministrator("create materialized view customer_count as select count(*) from customer");
        scene.asAdministrator("create type state as enum ('new', 'paid')");
        scene.asAdministrator("create function twice(n int) returns int language sql as 'select 2 * n'");
        scene.asAdministrator("create schema sales");
        scene.asAdministrator(
                "create table sales.item (id int generated always as identity, price int) partition by list (price)");
        scene.asAdministrator("create table sales.item_1 partition of sales.item for values in (1)");
        scene.asAdministrator("alter default privileges grant select on tables to public");
        scene.asAdministrator("grant create on schema public to public");

        Answer answer = scene.create(scene.threeRoles(Map.of("Schemas", List.of("public", "sales", "archive"))));

        assertThat(answer.data())
                .containsEntry("OwnerName", scene.owner)
                .containsEntry("ApplicationName", scene.application)
                .containsEntry("ReadOnlyName", scene.readOnly)
                .containsEntry("Drift", "")
                .containsEntry("ProbedTables", "0");
        assertThat(Integer.parseInt(answer.data().get("Changes"))).isGreaterThan(10);
        scene.as(
                scene.application,
                "insert into customer (name) values ('Bob')",
                "update customer set name = 'Bea' where name = 'Bob'",
                "delete from customer where name = 'Bea'",
                "select * from customer_name, customer_count",
                "select twice(2), 'new'::state, 'a=>1'::hstore",
                "insert into sales.item (price) values (1)");
        scene.as(
                scene.readOnly,
                "select * from customer, sales.item, customer_name",
                "select last_value from customer_id_seq");
        scene.as(
                scene.owner,
                "alter table customer add column email text",
                "alter type state add value 'sent'",
                "drop view customer_name",
                "create table archive.old (id int)",
                "create temp table x ()",
                "create schema made_by_owner");
        assertThat(scene.stateOf(scene.application, "create table mine ()")).isEqualTo(REFUSED);
        assertThat(scene.stateOf(scene.application, "truncate customer")).isEqualTo(REFUSED);
        assertThat(scene.stateOf(scene.readOnly, "delete from customer")).isEqualTo(REFUSED);
        assertThat(scene.stateOf(scene.readOnly, "create table archive.mine ()"))
                .isEqualTo(REFUSED);
        assertThat(stage.newLogLines())
                .extracting(line -> line.path("event").asText())
                .contains(
                        "role.created",
                        "schema.created",
                        "owner.changed",
                        "grant.added",
                        "grant.revoked",
                        "default.added",
                        "password.set",
                        "summary");
    }

    @Test
    void aSecondDeployChangesNothing() {
        scene.asAdministrator("create table customer (id serial primary key, name text)");
        Map<String, Object> properties = scene.threeRoles(Map.of("Schemas", List.of("public", "sales")));
        scene.create(properties);
        List<String> before = scene.catalogs();

        Answer answer = scene.update(later(properties, Map.of()));

        assertThat(answer.data()).containsEntry("Changes", "0").containsEntry("Drift", "");
        assertThat(scene.catalogs()).isEqualTo(before);
    }

    @Test
    void aLaterTableIsUsableWithoutAnyFurtherStepAndTheHistoryIsNoneOfTheApplicationsBusiness() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);

        scene.as(scene.owner, LATER_TABLE, HISTORY);

        scene.as(scene.application, "insert into invoice (total) values (1)", "select currval('invoice_id_seq')");
        scene.as(scene.readOnly, "select * from invoice");
        Answer probe = scene.probe(properties);
        assertThat(probe.succeeded()).as(probe.reason()).isTrue();
        assertThat(probe.data()).containsEntry("ProbedTables", "4");
        assertThat(scene.stateOf(scene.application, "select * from databasechangelog"))
                .isEmpty();
        assertThat(scene.stateOf(scene.application, "delete from databasechangelog"))
                .isEqualTo(REFUSED);
        assertThat(scene.stateOf(scene.application, "insert into databasechangeloglock values (1)"))
                .isEqualTo(REFUSED);
        assertThat(scene.probe(properties).data()).containsEntry("Changes", "0");
    }

    @Test
    void aRenamedRoleKeepsWhatItHas() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, LATER_TABLE);
        String owner = scene.owner + " \"2\"";
        String application = scene.application + "2";

        Answer answer = scene.update(later(
                properties, Map.of("Owner", scene.secretRole(owner), "Application", scene.secretRole(application))));

        assertThat(answer.data()).containsEntry("OwnerName", owner).containsEntry("Drift", "");
        scene.as(application, "insert into invoice (total) values (1)");
        scene.as(owner, "alter table invoice add column paid boolean", "create table later (id int)");
        scene.as(application, "insert into later values (1)");
        assertThat(scene.queryAsSuperuser("select count(*) from pg_roles where rolname in ('%s', '%s')"
                        .formatted(scene.owner, scene.application)))
                .isEqualTo("0");
        assertThat(scene.probe(later(properties, Map.of("Owner", iamRole(owner), "Application", iamRole(application))))
                        .succeeded())
                .isTrue();
    }

    @Test
    void anotherOwnerThatIsThereAlreadyGetsWhatTheFormerOneOwned() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, LATER_TABLE);
        String other = scene.owner + "_2";
        scene.asAdministrator("create role " + other);

        scene.update(later(properties, Map.of("Owner", scene.secretRole(other))));

        scene.as(other, "alter table invoice add column paid boolean");
        assertThat(scene.stateOf(scene.owner, "select 1")).isEmpty();
    }

    @Test
    void aRoleThatIsNoLongerNamedStaysUnlessItIsToBeDropped() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, LATER_TABLE);
        Map<String, Object> fewer = later(properties, Map.of());
        fewer.remove("ReadOnly");
        assertThat(scene.update(fewer).data()).containsEntry("Changes", "0").containsEntry("ReadOnlyName", "");
        scene.as(scene.readOnly, "select * from invoice");

        scene.update(later(properties, Map.of()));
        Map<String, Object> dropping = later(fewer, Map.of("OnDelete", "REASSIGN_AND_DROP"));
        scene.update(dropping);

        assertThat(scene.queryAsSuperuser(
                        "select count(*) from pg_roles where rolname = '%s'".formatted(scene.readOnly)))
                .isEqualTo("0");
        scene.as(scene.application, "select * from invoice");
    }

    @Test
    void aDeleteDropsTheRolesOnlyIfItIsToldTo() {
        Map<String, Object> properties = scene.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP"));
        scene.create(properties);
        scene.as(scene.owner, LATER_TABLE, "create schema sales");

        Answer answer = scene.resource.delete();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(scene.queryAsSuperuser("select count(*) from pg_roles where rolname in ('%s', '%s', '%s')"
                        .formatted(scene.owner, scene.application, scene.readOnly)))
                .isEqualTo("0");
        scene.asAdministrator("insert into invoice (total) values (1)");
        scene.asAdministrator("drop schema sales");
    }

    @Test
    void aRoleThatWasThereBeforeIsNeverDropped() {
        scene.asAdministrator(
                "create role %s login; create role %s login".formatted(scene.application, scene.readOnly));
        Map<String, Object> properties = scene.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP"));
        scene.create(properties);
        Map<String, Object> fewer = later(properties, Map.of());
        fewer.remove("ReadOnly");
        scene.update(fewer);

        Answer answer = scene.resource.delete();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(scene.queryAsSuperuser(
                        "select string_agg(rolname, ' ' order by rolname) from pg_roles where rolname in ('%s', '%s', '%s')"
                                .formatted(scene.owner, scene.application, scene.readOnly)))
                .isEqualTo(scene.readOnly + " " + scene.application);
    }

    @Test
    void aDeleteThatRetainsAndAStackRollbackNeedNoDatabase() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.update(later(properties, Map.of()));
        scene.database.rotatePassword();

        Answer rollback = scene.resource.rollBack();
        Answer delete = scene.resource.delete();

        assertThat(rollback.succeeded()).as(rollback.reason()).isTrue();
        assertThat(rollback.data())
                .containsEntry("StackRollback", "true")
                .containsEntry("OwnerName", scene.owner)
                .containsEntry("Changes", "0");
        assertThat(delete.succeeded()).as(delete.reason()).isTrue();
        assertThat(scene.stateOf(scene.application, "select 1")).isEmpty();
    }

    @Test
    void driftIsRepairedAndReported() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, LATER_TABLE, "create table customer (id int, name text)");
        scene.asSuperuser("revoke insert, update on invoice from " + scene.application);
        scene.asSuperuser("grant truncate on customer to " + scene.application);
        scene.asSuperuser("grant create on schema public to " + scene.application);
        scene.asSuperuser("grant update (name) on customer to " + scene.readOnly);
        scene.asSuperuser("alter table customer owner to " + scene.application);
        scene.asAdministrator("create table made_by_hand (id int)");
        scene.asSuperuser("alter default privileges for role %s in schema public revoke select on tables from %s"
                .formatted(scene.owner, scene.readOnly));
        scene.asSuperuser("alter role %s nologin createdb".formatted(scene.readOnly));
        scene.asSuperuser("alter role %s password 'another'".formatted(scene.application));
        scene.asAdministrator("grant %s to %s".formatted(scene.owner, scene.application));

        Answer answer = scene.update(later(properties, Map.of()));

        assertThat(answer.data().get("Drift"))
                .contains("added INSERT, UPDATE on table public.invoice to '%s'".formatted(scene.application))
                .contains("revoked CREATE on schema 'public' from '%s'".formatted(scene.application))
                .contains("revoked UPDATE on column name of table public.customer from '%s'".formatted(scene.readOnly))
                .contains("changed table public.customer of '%s' to '%s'".formatted(scene.application, scene.owner))
                .contains("changed table public.made_by_hand")
                .contains("revoked membership in '%s' from '%s'".formatted(scene.owner, scene.application))
                .contains("added SELECT on later tables of schema 'public' to '%s'".formatted(scene.readOnly))
                .contains("altered role '%s': LOGIN NOCREATEDB".formatted(scene.readOnly))
                .contains("set the password of '%s'".formatted(scene.application));
        scene.as(scene.application, "insert into invoice (total) values (1)", "insert into made_by_hand values (1)");
        assertThat(scene.stateOf(scene.application, "drop table customer")).isEqualTo(REFUSED);
        assertThat(scene.probe(properties).succeeded()).isTrue();
        assertThat(scene.update(later(properties, Map.of())).data()).containsEntry("Changes", "0");
        assertThat(stage.newLogLines())
                .extracting(line -> line.path("event").asText())
                .contains(
                        "grant.repaired",
                        "owner.repaired",
                        "default.repaired",
                        "role.repaired",
                        "password.repaired",
                        "membership.repaired");
    }

    @Test
    void aPasswordThatWasRotatedInTheSecretIsSetAgain() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);

        scene.secret(scene.application, "rotated-" + scene.application);
        Answer answer = scene.update(later(properties, Map.of()));

        assertThat(answer.data()).containsEntry("Changes", "1");
        assertThat(scene.stateOf(scene.application, "select 1")).isEmpty();
        assertThat(scene.queryAsSuperuser(
                        "select rolpassword from pg_authid where rolname = '" + scene.application + "'"))
                .startsWith("SCRAM-SHA-256$");
    }

    @Test
    void noPasswordIsInTheServersLogWhichHasEveryStatement() throws IOException {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.secret(scene.application, "rotated-again-" + scene.application);
        scene.update(later(properties, Map.of()));

        StringBuilder log = new StringBuilder();
        try (Stream<Path> files = Files.list(serverLog.path())) {
            files.forEach(file -> log.append(read(file)));
        }
        assertThat(log)
                .contains("CREATE ROLE \"" + scene.application)
                .contains("ALTER ROLE \"%s\" PASSWORD 'SCRAM-SHA-256$".formatted(scene.application))
                .doesNotContain(scene.passwords());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRoleWithoutASecretLogsInByIamAndTheAdministratorStillByItsPassword() {
        scene.asAdministrator("create table customer (id int)");
        if (scene.version() >= 16) {
            scene.asSuperuser(
                    "alter role %s set createrole_self_grant = 'set, inherit'".formatted(scene.database.username()));
        }
        Map<String, Object> properties = scene.properties(Map.of(
                "Owner", iamRole(scene.owner),
                "Application", iamRole(scene.application),
                "ReadOnly", scene.secretRole(scene.readOnly)));

        scene.create(properties);

        assertThat(membersOfIam()).contains(scene.owner, scene.application).doesNotContain(scene.readOnly);
        assertThat(Stage.query(scene.database, "select 1")).isEqualTo("1");
        assertThat(usableMembershipsOfTheAdministrator()).isEqualTo("0");
        assertThat(scene.update(later(properties, Map.of())).data()).containsEntry("Changes", "0");
        assertThat(scene.probe(properties).succeeded()).isTrue();
        assertThat(usableMembershipsOfTheAdministrator()).isEqualTo("0");
        scene.asSuperuser("set role %s; insert into customer values (1); reset role".formatted(scene.application));
    }

    // With the rule that RDS has before those of passwords, but for its answer.
    @Test
    void theRuleOfRdsLetsTheAdministratorInOrTheRolesStayWithoutIam() {
        String witness = scene.owner + "_witness";
        scene.asSuperuser("create role %s login in role rds_iam".formatted(witness));
        String administrator = scene.database.username();
        if (scene.version() >= 16) {
            // Here the rule counts the bare right to administer a role, which its creator always has, as a membership.
            // On RDS it cannot, or nobody could log in who followed the manual. So the administrator needs other means.
            scene.asSuperuser("revoke rds_iam from " + administrator);
            scene.asSuperuser("alter role " + administrator + " superuser");
            scene.asSuperuser("create role " + scene.owner);
            scene.asSuperuser(
                    "grant %s to %s with admin true, inherit false, set false".formatted(scene.owner, administrator));
        }
        try (HostRules rules = HostRules.refuseMembersOf("rds_iam", scene.database)) {
            Stage.await("the rule", () -> rules.refused(scene.stateOf(witness, "select 1")));

            Answer answer = scene.resource.create(scene.properties(
                    Map.of("Owner", iamRole(scene.owner), "Application", scene.secretRole(scene.application))));

            if (scene.version() < 16) {
                assertThat(answer.succeeded()).as(answer.reason()).isTrue();
                assertThat(scene.stateOf(scene.owner, "select 1")).isEqualTo("28000");
            } else {
                assertThat(answer.reason())
                        .satisfies(approved("roles/administratorLockedOut", Map.of("role", scene.owner)));
                assertThat(membersOfIam()).doesNotContain(scene.owner);
            }
            assertThat(Stage.query(scene.database, "select 1")).isEqualTo("1");
            assertThat(scene.stateOf(scene.application, "select 1")).isEmpty();
        }
    }

    private List<String> membersOfIam() {
        return List.of(scene.queryAsSuperuser("select string_agg(m.rolname, ' ') from pg_auth_members a"
                        + " join pg_roles m on m.oid = a.member where a.roleid = 'rds_iam'::regrole")
                .split(" ", -1));
    }

    // Of any kind before PostgreSQL 16, where the creator of a role gets none.
    private String usableMembershipsOfTheAdministrator() {
        return scene.queryAsSuperuser("select count(*) from pg_auth_members where member = '%s'::regrole%s"
                .formatted(
                        scene.database.username(), scene.version() < 16 ? "" : " and (inherit_option or set_option)"));
    }

    @Test
    void aRoleChangesFromASecretToIamAndBack() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);

        scene.update(later(properties, Map.of("Application", iamRole(scene.application))));
        assertThat(membersOfIam()).contains(scene.application);
        Answer answer = scene.update(later(properties, Map.of()));

        assertThat(answer.data()).containsEntry("Drift", "");
        assertThat(membersOfIam()).doesNotContain(scene.application);
        assertThat(scene.stateOf(scene.application, "select 1")).isEmpty();
    }

    @Test
    void nobodyIsLockedOutThroughAMembershipAndNothingIsChanged() {
        String person = scene.owner + "_ann";
        String group = scene.owner + "_team";
        scene.asAdministrator("create role %s; create role %s login password 'x'; create role %s"
                .formatted(scene.owner, person, group));
        scene.asAdministrator("grant %s to %s; grant %s to %s".formatted(scene.owner, group, group, person));
        List<String> before = scene.catalogs();

        Answer answer = scene.resource.create(scene.properties(
                Map.of("Owner", iamRole(scene.owner), "Application", scene.secretRole(scene.application))));

        assertThat(answer.reason())
                .satisfies(approved(
                        "roles/memberLockedOut", Map.of("role", scene.owner, "member", person, "group", group)));
        assertThat(scene.catalogs()).isEqualTo(before);
    }

    @Test
    void aRoleWithASecretIsNotLockedOutThroughAnotherOfTheRoles() {
        String group = scene.owner + "_team";
        scene.asAdministrator("create role %s login; create role %s; create role %s"
                .formatted(scene.owner, scene.application, group));
        scene.asAdministrator("grant %s to %s; grant %s to %s".formatted(scene.application, group, group, scene.owner));

        Map<String, Object> properties = scene.properties(
                Map.of("Owner", scene.secretRole(scene.owner), "Application", iamRole(scene.application)));
        Answer throughAnother = scene.resource.create(properties);
        scene.asAdministrator(
                "revoke %s from %s; grant %s to %s".formatted(group, scene.owner, scene.application, scene.owner));
        Answer directly = scene.resource.create(properties);

        assertThat(throughAnother.reason())
                .satisfies(approved(
                        "roles/secretOfAMemberOfARoleWithAToken",
                        Map.of("role", scene.owner, "other", scene.application, "group", group)));
        assertThat(directly.succeeded()).as(directly.reason()).isTrue();
        assertThat(scene.queryAsSuperuser("select pg_has_role('%s', 'rds_iam', 'member')".formatted(scene.owner)))
                .isEqualTo("f");
    }

    @Test
    void theProbeLooksAtTheDatabaseToo() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        String database = scene.database.databaseName();

        scene.asSuperuser("revoke connect on database %s from public, %s".formatted(database, scene.application));
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/connectMissing", Map.of("role", scene.application)));
        scene.asSuperuser("grant connect, create on database %s to public".formatted(database));
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/createSchemasHeld", Map.of("role", scene.application)));
        scene.asSuperuser("revoke create on database %s from public".formatted(database));
        assertThat(scene.probe(properties).succeeded()).isTrue();
        scene.asSuperuser("alter role %s valid until '2020-01-01'".formatted(scene.application));
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/expired", Map.of("role", scene.application)));
    }

    @Test
    void whoWantsATableWaitsNoLongerThanAMomentBehindTheHandover() throws Exception {
        scene.asAdministrator("create table first (id int); create table last (id int)");
        Map<String, Object> properties = scene.threeRoles(Map.of());
        try (Connection application = scene.database.connectAsSuperuser();
                Statement statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("insert into last values (1)");
            CompletableFuture<Answer> roles = new CompletableFuture<>();
            Thread.startVirtualThread(() -> roles.complete(scene.resource.create(properties)));
            Stage.await(
                    "the wait for the table",
                    () -> "t"
                            .equals(
                                    scene.queryAsSuperuser(
                                            "select exists (select from pg_locks where not granted and mode = 'AccessExclusiveLock')")));
            // Had it kept what it has while it waits, this would be a circle, and the application its victim.
            statement.execute("insert into first values (1)");
            application.commit();

            assertThat(roles.get(60, TimeUnit.SECONDS).succeeded()).isTrue();
        }
    }

    @Test
    void theAdministratorIsNotLockedOutEither() {
        scene.asAdministrator("create role " + scene.owner);
        scene.asAdministrator("grant %s to %s".formatted(scene.owner, scene.database.username()));

        Answer throughMembership = scene.resource.create(scene.properties(Map.of("Owner", iamRole(scene.owner))));
        Answer itself = scene.resource.create(scene.properties(Map.of("Owner", iamRole(scene.database.username()))));

        assertThat(throughMembership.reason())
                .satisfies(approved(
                        "roles/administratorIsAMember",
                        Map.of("role", scene.owner, "administrator", scene.database.username())));
        assertThat(itself.reason())
                .satisfies(
                        approved("roles/administratorIsTheOwner", Map.of("administrator", scene.database.username())));
        assertThat(Stage.query(scene.database, "select 1")).isEqualTo("1");
    }

    @Test
    void aRoleWithASecretMustNotBeAMemberOfIamThroughAnother() {
        String group = scene.owner + "_team";
        scene.asAdministrator("create role %s; create role %s".formatted(scene.application, group));
        scene.asAdministrator("grant %s to %s; grant rds_iam to %s".formatted(group, scene.application, group));

        Answer answer = scene.resource.create(scene.threeRoles(Map.of()));

        assertThat(answer.reason())
                .satisfies(
                        approved("roles/secretOfAMemberOfRdsIam", Map.of("role", scene.application, "group", group)));
    }

    @Test
    void theProbeNamesTheTableAndTheMissingGrant() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(
                scene.owner,
                LATER_TABLE,
                "create table customer (id int)",
                "create view everything as select * from customer");
        scene.as(scene.owner, "revoke update, delete on customer from " + scene.application);
        scene.as(scene.owner, "revoke usage on sequence invoice_id_seq from " + scene.application);
        scene.as(scene.owner, "revoke select on everything from " + scene.readOnly);

        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/privilegesMissing", Map.of("role", scene.application)));
        assertThat(scene.update(later(properties, Map.of())).data().get("Drift"))
                .contains("added DELETE, UPDATE on table public.customer");
        assertThat(scene.probe(properties).succeeded()).isTrue();
    }

    @Test
    void theProbeFindsWhatARoleMustNotBeAbleTo() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, LATER_TABLE);

        scene.asSuperuser("grant insert on invoice to " + scene.readOnly);
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/privilegeForbidden", Map.of("role", scene.readOnly)));
        scene.update(later(properties, Map.of()));

        scene.asSuperuser("grant create on schema public to public");
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/createTablesHeld", Map.of("role", scene.application)));
        scene.update(later(properties, Map.of()));

        scene.asSuperuser("grant %s to %s".formatted(scene.owner, scene.application));
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/memberOfTheOwner", Map.of("role", scene.application, "owner", scene.owner)));
    }

    @Test
    void theProbeWaitsForNobodyAndChangesNoRow() throws SQLException {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(
                scene.owner,
                LATER_TABLE,
                "create table busy (id int)",
                "create function fail() returns trigger language plpgsql as $$ begin raise 'fired'; end $$",
                "create trigger t before insert or update or delete on invoice execute function fail()");

        try (Connection locker = scene.database.connectAsSuperuser();
                Statement statement = locker.createStatement()) {
            locker.setAutoCommit(false);
            statement.execute("lock table busy in access exclusive mode");

            assertThat(scene.probe(properties).succeeded()).isTrue();

            locker.rollback();
        }
        assertThat(scene.queryAsSuperuser("select is_called from invoice_id_seq"))
                .isEqualTo("f");
        assertThat(scene.queryAsSuperuser("select count(*) from invoice")).isEqualTo("0");
    }

    @Test
    void theProbeFindsWhatIsMissingBehindAnObject() {
        scene.asSuperuser("create schema other; create table other.secret (id int, name text)");
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.asSuperuser("create view peek as select id from other.secret; alter view peek owner to " + scene.owner);
        scene.update(later(properties, Map.of()));
        scene.asSuperuser("grant usage on schema other to " + scene.owner);
        scene.as(scene.owner, "create view outer_peek as select id from peek");

        String missing =
                "Role '%s' cannot use public.outer_peek: %s lacks SELECT on other.secret, which view public.peek reads, and 3 more. "
                        .formatted(scene.application, scene.owner);
        assertThat(scene.probe(properties).reason()).startsWith(missing);
        scene.asSuperuser("grant select (name) on other.secret to " + scene.owner);
        assertThat(scene.probe(properties).reason()).startsWith(missing);
        scene.asSuperuser("grant select (id) on other.secret to " + scene.owner);
        assertThat(scene.probe(properties).succeeded()).isTrue();

        scene.asSuperuser("create view theirs with (security_invoker = on) as select id from other.secret");
        scene.asSuperuser("alter view theirs owner to " + scene.owner);
        scene.update(later(properties, Map.of()));
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/tableBehindAViewMissing", Map.of("role", scene.application)));
        scene.as(
                scene.owner,
                "drop view theirs",
                "create function hidden(int) returns int language sql as 'select 1'",
                "revoke execute on function hidden(int) from public",
                "create table invoice (id int default hidden(1))");
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/functionOfADefaultMissing", Map.of("role", scene.application)));
        scene.as(
                scene.owner,
                "alter table invoice alter column id drop default",
                "create policy p on invoice using (id in (select hidden(2)) or id in (select id from other.secret))",
                "alter table invoice enable row level security");
        assertThat(scene.probe(properties).reason())
                .satisfies(approved("roles/functionOfAPolicyMissing", Map.of("role", scene.application)));
    }

    @Test
    void aRoleThatIsMoreThanARoleShouldBeIsRefused() {
        scene.asAdministrator("create role " + scene.application);
        scene.asSuperuser("alter role %s bypassrls".formatted(scene.application));
        List<String> before = scene.catalogs();

        Answer answer = scene.resource.create(scene.threeRoles(Map.of()));

        assertThat(answer.reason()).satisfies(approved("roles/attributeForbidden", Map.of("role", scene.application)));
        assertThat(scene.catalogs()).isEqualTo(before);
    }

    @Test
    void whatTheAdministratorHasNoRightToIsToldWithTheStatementThatIsLeft() {
        scene.asSuperuser("alter schema public owner to postgres");
        scene.asSuperuser("grant create on schema public to public");
        List<String> before = scene.catalogs();

        Answer answer = scene.resource.create(scene.threeRoles(Map.of()));

        assertThat(answer.reason())
                .satisfies(approved("roles/revokeIgnored", Map.of("administrator", scene.database.username())));
        assertThat(scene.catalogs()).isEqualTo(before);
    }

    @Test
    void aRoleOfSomebodyElseNeedsTheRightToAdministerItFromPostgres16On() {
        scene.asSuperuser("create role " + scene.application);

        Answer answer = scene.resource.create(scene.threeRoles(Map.of()));

        if (scene.version() < 16) {
            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        } else {
            assertThat(answer.reason())
                    .satisfies(approved(
                            "roles/administratorMayNot",
                            Map.of("role", scene.application, "administrator", scene.database.username())));
        }
    }

    @Test
    void aTableOfSomebodyElseIsLeftAloneAndTheProbeSaysWhoseItIs() {
        scene.asSuperuser("create table foreign_table (id int)");
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);

        assertThat(scene.probe(properties).reason())
                .satisfies(approved(
                        "roles/foreignTableOfAnotherOwner", Map.of("role", scene.application, "owner", scene.owner)));
    }

    @Test
    void aSecretOfAnotherUserIsRefused() {
        Map<String, Object> role =
                Map.of("Name", scene.application, "SecretArn", scene.secret(scene.readOnly, "p-of-another"));

        Answer answer = scene.resource.create(
                scene.properties(Map.of("Owner", scene.secretRole(scene.owner), "Application", role)));

        assertThat(answer.reason())
                .satisfies(approved(
                        "credentials/secretOfAnotherUser", Map.of("role", scene.application, "user", scene.readOnly)));
        assertThat(scene.queryAsSuperuser("select count(*) from pg_roles where rolname = '" + scene.owner + "'"))
                .isEqualTo("0");
    }
}
