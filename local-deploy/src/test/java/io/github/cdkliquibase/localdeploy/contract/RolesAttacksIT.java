package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static io.github.cdkliquibase.localdeploy.contract.RolesScene.later;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.cloudformation.CustomResourceEvent;
import io.github.cdkliquibase.stage.cloudformation.RequestType;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.secrets.SecretsManagerEndpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an application role, another stack and bad luck try on the roles of a database. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RolesAttacksIT {

    private static final String REFUSED = "42501";
    private static final Pattern FIRST_STATEMENT = Pattern.compile("Review it, and run '(.*?)', or '");
    private static final Pattern SECOND_STATEMENT = Pattern.compile("', or '(.*?)' to accept it");

    private EmbeddedDatabase server;
    private Stage stage;
    private RolesScene scene;

    @BeforeAll
    void start() {
        server = EmbeddedDatabase.start(Map.of());
        stage = Stage.behindProvider(settings -> settings.withHandler(RolesScene.HANDLER + "::onEvent"));
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
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

    // What the application wrote, by the words with which the reason names it.
    private static Map<String, String> code() {
        Map<String, String> code = new LinkedHashMap<>();
        code.put(
                "function public.sudo(q text)",
                "create function sudo(q text) returns void language plpgsql security definer as $$ begin execute q; end $$");
        code.put("procedure public.act()", "create procedure act() language sql as 'select 1'");
        code.put("aggregate public.mine(integer)", "create aggregate mine (int) (sfunc = int4pl, stype = int)");
        code.put("view public.pen", "create view pen as select 1 as n");
        code.put("materialized view public.kept", "create materialized view kept as select 1 as n");
        code.put(
                "trigger suppress of public.t1",
                "create table t1 (id int); create trigger suppress before update on t1 for each row execute function suppress_redundant_updates_trigger()");
        code.put(
                "rule r of public.t2",
                "create table t2 (id int); create rule r as on insert to t2 do also delete from t2");
        code.put("policy p of public.t3", "create table t3 (id int); create policy p on t3 using (id > 0)");
        code.put(
                "default of column x of public.t4",
                "create table t4 (x text default set_config('role', 'none', false))");
        code.put("default of column id of public.t5", "create table t5 (id int default own.f(1))");
        code.put(
                "default of column n of public.t6",
                "create table t6 (id int, n int generated always as (own.f(id)) stored)");
        code.put("constraint c of public.t7", "create table t7 (id int constraint c check (own.f(id) > 0))");
        code.put("index public.i8 of public.t8", "create table t8 (id int); create index i8 on t8 (own.f(id))");
        code.put("partition key of public.t9", "create table t9 (id int) partition by range (own.f(id))");
        code.put(
                "statistics public.s10 of public.t10",
                "create table t10 (id int, n int); create statistics s10 on (own.f(id)), n from t10");
        code.put(
                "constraint c of domain own.d",
                "create domain own.d as int constraint c check (own.f(value) > 0); create table t11 (id own.d[])");
        code.put(
                "type public.span",
                "create function own.diff(int, int) returns float8 language sql immutable as 'select 1.0::float8';"
                        + " create type span as range (subtype = int, subtype_diff = own.diff)");
        code.put(
                "operator public.===",
                "create function own.same(int, int) returns bool language sql as 'select true';"
                        + " create operator === (function = own.same, leftarg = int, rightarg = int)");
        code.put(
                "cast from public.pair to integer",
                "create type pair as (a int, b int); create function own.first(pair) returns int language sql as 'select 1';"
                        + " create cast (pair as int) with function own.first(pair)");
        code.put(
                "trigger t of public.ledger, which calls function own.fired()",
                "create function own.fired() returns trigger language plpgsql as $$ begin return new; end $$;"
                        + " create trigger t before insert on ledger execute function own.fired()");
        return code;
    }

    @Test
    void codeThatTheApplicationWroteIsNotHandedToTheOwner() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, "create table ledger (id int)");
        scene.asSuperuser("create schema own authorization %1$s; grant create on schema public to %1$s"
                .formatted(scene.application));
        scene.asSuperuser("grant trigger on ledger to " + scene.application);
        scene.as(
                scene.application,
                "create function own.f(int) returns int language plpgsql immutable as $$ begin return $1; end $$");

        code().forEach((words, statements) -> {
            scene.as(scene.application, statements);
            List<String> before = scene.catalogs();

            Answer answer = scene.resource.update(later(properties, Map.of()));

            assertThat(answer.reason())
                    .satisfies(approved(
                            "roles/codeRunsAsTheOwner",
                            Map.of("application", scene.application, "piece", words, "owner", scene.owner)));
            assertThat(scene.catalogs()).isEqualTo(before);
            Matcher cure = FIRST_STATEMENT.matcher(answer.reason());
            assertThat(cure.find()).isTrue();
            scene.asSuperuser(cure.group(1) + (words.startsWith("type") ? " cascade" : ""));
        });
        scene.as(
                scene.application,
                "create type mood as enum ('sad')",
                "create table plain (id serial primary key, n numeric constraint n check (n > 0 and n < 10), m mood,"
                        + " at timestamptz default now(), code uuid default gen_random_uuid(), t text default upper('x'))",
                "create index on plain (lower(t)) where n > 1");
        scene.update(later(properties, Map.of()));
        scene.as(scene.owner, "alter table plain drop column at", "alter type mood add value 'glad'");
    }

    @Test
    void codeOfAnotherRoleAltogetherThatATableCallsIsTold() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, "create table ledger (id int)");
        String stranger = scene.owner + "_stranger";
        scene.asSuperuser("create role %1$s; create schema theirs authorization %1$s; grant trigger on ledger to %1$s"
                .formatted(stranger));
        scene.asSuperuser(
                "set role %s; create function theirs.fired() returns trigger language plpgsql as $$ begin return new; end $$; create trigger t before insert on ledger execute function theirs.fired(); reset role"
                        .formatted(stranger));
        stage.newLogLines();

        scene.update(later(properties, Map.of()));

        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals("code.of.another"))
                .singleElement()
                .satisfies(line -> assertThat(line.path("message").asText())
                        .contains("trigger t of public.ledger, which calls function theirs.fired() of '%s'"
                                .formatted(stranger)));
        scene.asSuperuser("drop owned by %1$s cascade; drop role %1$s".formatted(stranger));
    }

    @Test
    void codeThatTheOwnerOrTheAdministratorWroteIsTakenAsItIs() {
        scene.asAdministrator("create table customer (id int, name text)");
        scene.asAdministrator(
                "create function mode_of(float8[], float8) returns float8 language sql immutable as 'select $1[1]'");
        scene.asAdministrator("create function step(float8[], float8) returns float8[] language sql as 'select $1'");
        scene.asAdministrator(
                "create aggregate middle (float8 order by float8) (sfunc = step, stype = float8[], finalfunc = mode_of)");
        scene.asAdministrator("create aggregate number (*) (sfunc = int8inc, stype = int8, initcond = '0')");
        scene.asAdministrator("create view names as select name from customer");

        scene.create(scene.threeRoles(Map.of()));

        scene.as(
                scene.owner,
                "drop aggregate middle (float8 order by float8)",
                "drop aggregate number (*)",
                "drop view names");
    }

    @Test
    void theProbeRunsNothingThatAnotherRoleWrote() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(
                scene.owner,
                "create sequence witness",
                "create function spy() returns int language plpgsql immutable security definer as"
                        + " $$ begin perform nextval('public.witness'); return 1; end $$",
                "create view spied as select 1 as n where spy() = 1",
                "create table guarded (id int default spy() check (id > spy()))",
                "create policy p on guarded using (spy() = 1)",
                "alter table guarded enable row level security");
        stage.newLogLines();

        Answer answer = scene.probe(properties);

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(scene.queryAsSuperuser("select is_called from witness")).isEqualTo("f");
        assertThat(stage.newLogLines())
                .extracting(line -> line.path("event").asText())
                .contains("probe.security.definer", "probe.temporary");
    }

    @Test
    void theProbeSeesRightsOfEachKindAndWhomTheyComeFrom() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.as(scene.owner, "create table customer (id int, name text)");
        String team = scene.owner + "_team";
        scene.asSuperuser("create role %s; grant %1$s to %s".formatted(team, scene.readOnly));

        Map<String, String> tooMuch = new LinkedHashMap<>();
        tooMuch.put(
                "truncate on customer to " + scene.application,
                scene.application + "' has TRUNCATE on table public.customer, which");
        tooMuch.put(
                "references (id) on customer to " + scene.application,
                scene.application + "' has REFERENCES on table public.customer, which");
        tooMuch.put(
                "trigger on customer to public",
                scene.application + "' has TRIGGER on table public.customer from PUBLIC, which");
        tooMuch.put(
                "update (name) on customer to " + scene.readOnly,
                scene.readOnly + "' has UPDATE on table public.customer, which");
        tooMuch.put(
                "insert on customer to " + team,
                "%1$s' has INSERT on table public.customer from '%2$s' ('%1$s' in '%2$s'), which"
                        .formatted(scene.readOnly, team));
        tooMuch.forEach((grant, words) -> {
            scene.asSuperuser("grant " + grant);
            assertThat(scene.probe(properties).reason()).startsWith("Role '" + words);
            scene.asSuperuser("revoke " + grant.replaceFirst(" to (?=\\S+$)", " from "));
        });
        scene.as(
                scene.owner,
                "create table databasechangelog (id text)",
                "create view releases as select * from databasechangelog");
        assertThat(scene.probe(properties).succeeded()).isTrue();
        assertThat(scene.stateOf(scene.application, "delete from releases")).isEqualTo(REFUSED);
        assertThat(scene.stateOf(scene.application, "select * from releases")).isEmpty();
    }

    @Test
    void aMembershipWithPowerIsToldWithItsPath() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        String team = scene.application + "_team";
        scene.asSuperuser("create role %1$s; grant %1$s to %2$s".formatted(team, scene.application));
        assertThat(scene.probe(properties).succeeded()).isTrue();

        List<String> powers = new ArrayList<>(
                List.of("pg_execute_server_program", "pg_write_all_data", "pg_read_all_data", scene.owner));
        if (scene.version() < 16) {
            // Later the administrator is a member of the application, and PostgreSQL refuses the circle.
            powers.add(scene.database.username());
        }
        for (String power : powers) {
            scene.asSuperuser("grant %s to %s".formatted(power, team));

            String words =
                    "Role '%1$s' is a member of '%3$s', %4$s ('%1$s' in '%2$s' in '%3$s'). Run 'REVOKE \"%2$s\" FROM \"%1$s\"'"
                            .formatted(
                                    scene.application,
                                    team,
                                    power,
                                    power.equals(scene.owner)
                                            ? "so it can do everything that the owner can"
                                            : "which may do more than a role of its kind");
            assertThat(scene.probe(properties).reason()).startsWith(words);
            assertThat(scene.resource.update(later(properties, Map.of())).reason())
                    .isEqualTo(words + " and deploy again. Nothing was changed");
            scene.asSuperuser("revoke %s from %s".formatted(power, team));
        }
        scene.asSuperuser("grant pg_monitor to " + scene.application);
        scene.update(later(properties, Map.of()));
        assertThat(scene.probe(properties).succeeded()).isTrue();
    }

    @Test
    void aRoleThatCanLogInNoMoreIsMendedWhereItIsOurs() {
        String theirs = scene.readOnly;
        scene.asAdministrator("create role " + theirs);
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        for (String role : List.of(scene.application, theirs)) {
            scene.asSuperuser("alter role %s connection limit 0 valid until '2020-01-01'".formatted(role));
        }
        assertThat(scene.probe(properties).reason())
                .startsWith("Role '%s' cannot log in: its CONNECTION LIMIT is 0, and ".formatted(scene.application));
        stage.newLogLines();

        Answer answer = scene.update(later(properties, Map.of()));

        assertThat(answer.data().get("Drift"))
                .contains("altered role '%s': CONNECTION LIMIT -1 VALID UNTIL 'infinity'".formatted(scene.application));
        assertThat(scene.stateOf(scene.application, "select 1")).isEmpty();
        assertThat(scene.probe(properties).reason())
                .startsWith("Role '%s' cannot log in: its CONNECTION LIMIT is 0".formatted(theirs));
        assertThat(stage.newLogLines())
                .extracting(line -> line.path("event").asText())
                .contains("role.shut.out");
    }

    @Test
    void theRolesOfAnotherStackAreRefused() {
        scene.asAdministrator("create role " + scene.readOnly);
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        String comment = comment(scene.application);
        assertThat(comment)
                .matches(
                        "Made by cdk-liquibase for stack 'local-deploy', resource 'DatabaseMigration' \\([-0-9a-f]{36}\\), 'Application' of database '%s'"
                                .formatted(scene.database.databaseName()));
        assertThat(comment(scene.readOnly)).startsWith("Kept by cdk-liquibase for stack 'local-deploy', resource ");
        CustomResource second = stage.resource();
        Map<String, Object> others = new HashMap<>(properties);
        others.put("Application", scene.secretRole(scene.application));
        scene.secret(scene.application, "first-" + scene.application);
        scene.update(later(properties, Map.of()));
        scene.secret(scene.application, "second-" + scene.application);

        Answer answer = second.create(others);

        assertThat(answer.reason())
                .satisfies(approved(
                        "roles/belongsToAnotherResource",
                        Map.of("role", scene.owner, "database", scene.database.databaseName())));
        scene.secret(scene.application, "first-" + scene.application);
        assertThat(scene.stateOf(scene.application, "select 1")).isEmpty();

        for (String role : List.of(scene.owner, scene.application, scene.readOnly)) {
            scene.asAdministrator("comment on role %s is 'Made by cdk-liquibase'".formatted(role));
        }
        assertThat(second.create(others).succeeded()).isTrue();
        assertThat(comment(scene.application))
                .startsWith("Made by cdk-liquibase for stack ")
                .isNotEqualTo(comment);
        assertThat(scene.resource.update(later(properties, Map.of())).reason()).contains("belongs to resource");
    }

    @Test
    void aRenamedConstructTakesTheRolesOverAndTheDeleteOfTheOldOneKeepsThem() {
        Map<String, Object> properties = scene.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP"));
        scene.create(properties);
        Sibling renamed = new Sibling("Renamed");

        assertThat(renamed.send(RequestType.CREATE, properties).succeeded()).isTrue();
        assertThat(comment(scene.owner)).endsWith(", taken over from resource 'DatabaseMigration'");
        assertThat(scene.resource.delete().succeeded()).isTrue();
        assertThat(roles()).isEqualTo("3");
        assertThat(stage.newLogLines())
                .extracting(line -> line.path("event").asText())
                .contains("role.kept");

        assertThat(comment(scene.owner)).contains("resource 'Renamed'").doesNotContain("taken over");
        assertThat(renamed.send(RequestType.DELETE, properties).succeeded()).isTrue();
        assertThat(roles()).isEqualTo("0");
    }

    @Test
    void aRenamedConstructWhoseDeployIsRolledBackKeepsTheRolesForTheOldOne() {
        Map<String, Object> properties = scene.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP"));
        scene.create(properties);
        String comment = comment(scene.owner);
        Sibling renamed = new Sibling("Renamed");
        renamed.send(RequestType.CREATE, properties);

        assertThat(renamed.send(RequestType.DELETE, properties).succeeded()).isTrue();

        assertThat(roles()).isEqualTo("3");
        assertThat(comment(scene.owner)).isEqualTo(comment);
        assertThat(scene.update(later(properties, Map.of())).data()).containsEntry("Changes", "0");
        assertThat(scene.resource.delete().succeeded()).isTrue();
        assertThat(roles()).isEqualTo("0");
    }

    @Test
    void aDeleteKeepsARoleWhoseCodeWouldRunWithTheRightsOfTheAdministrator() {
        Map<String, Object> properties = scene.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP"));
        scene.create(properties);
        scene.as(
                scene.owner,
                "create function sudo(q text) returns void language plpgsql security definer as $$ begin execute q; end $$");

        Answer answer = scene.resource.delete();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(scene.queryAsSuperuser(
                        "select string_agg(rolname, ' ') from pg_roles where rolname in ('%s', '%s', '%s')"
                                .formatted(scene.owner, scene.application, scene.readOnly)))
                .isEqualTo(scene.owner);
        assertThat(scene.queryAsSuperuser("select proowner::regrole from pg_proc where proname = 'sudo'"))
                .isEqualTo(scene.owner);
    }

    // The statements by which the owner makes each object, under the words with which the log names the object. The
    // server evaluates a table's expressions, and fires its triggers in a cascade, as the owner of the table. A view
    // reads as its owner.
    private static Map<String, String> gaining() {
        Map<String, String> gaining = new LinkedHashMap<>();
        gaining.put("index own.i1 of own.t1", "create table own.t1 (id int); create index i1 on own.t1 (own.f(id))");
        gaining.put(
                "index own.i2 of own.t2",
                "create table own.t2 (id int); create index i2 on own.t2 (id) where own.f(id) > 0");
        gaining.put("partition key of own.t3", "create table own.t3 (id int) partition by range (own.f(id))");
        gaining.put(
                "statistics own.s4 of own.t4",
                "create table own.t4 (id int, n int); create statistics own.s4 on (own.f(id)), n from own.t4");
        gaining.put(
                "default of column n of own.t5",
                "create table own.t5 (id int, n int generated always as (own.f(id)) stored)");
        gaining.put("default of column id of own.t6", "create table own.t6 (id int default own.f(1))");
        gaining.put("constraint c of own.t7", "create table own.t7 (id int constraint c check (own.f(id) > 0))");
        gaining.put(
                "trigger t of own.t8",
                "create table own.t8 (id int); create trigger t before delete on own.t8 for each row execute function own.fired()");
        gaining.put(
                "rule r of own.t9",
                "create table own.t9 (id int); create rule r as on insert to own.t9 do also delete from precious");
        gaining.put(
                "policy p of own.t10",
                "create table own.t10 (id int); create policy p on own.t10 using (own.f(id) > 0)");
        gaining.put(
                "constraint c of domain own.d11", "create domain own.d11 as int constraint c check (own.f(value) > 0)");
        gaining.put("view own.v12", "create view own.v12 as select * from pg_authid");
        gaining.put("view own.v13", "create view own.v13 as select * from precious");
        gaining.put("view own.v14", "create view own.v14 as select * from pg_auth_members");
        gaining.put(
                "materialized view own.v15",
                "create materialized view own.v15 as select id from own.plain where own.f(id) > 0");
        gaining.put(
                "default of column x of own.t16",
                "create table own.t16 (x text default set_config('role', 'none', false))");
        return gaining;
    }

    @Test
    void aDeleteKeepsAnOwnerWhoseTablesAndViewsWouldGainTheRightsOfTheAdministrator() {
        Map<String, Object> properties = scene.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP"));
        scene.create(properties);
        // Not a schema that the resource names.
        scene.as(
                scene.owner,
                "create schema own",
                "create table own.plain (id serial primary key, n int check (n > 0), at timestamptz default now())",
                "create index on own.plain (abs(n))",
                "create function own.f(int) returns int language plpgsql immutable as $$ begin return $1; end $$",
                "create function own.fired() returns trigger language plpgsql as $$ begin return old; end $$",
                "create view own.harmless as select p.n, c.relname from own.plain p, pg_class c where own.f(p.n) = 1");
        scene.asAdministrator("create schema theirs; create table theirs.precious (id int)");
        scene.asSuperuser("grant usage on schema theirs to %1$s; alter role %1$s set search_path = public, theirs"
                .formatted(scene.owner));

        gaining().forEach((words, statements) -> {
            scene.as(scene.owner, statements);
            stage.newLogLines();

            Answer answer = scene.resource.send(scene.resource.event(RequestType.DELETE, properties));

            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
            assertThat(roles()).as(words).isEqualTo("1");
            assertThat(stage.newLogLines())
                    .filteredOn(line -> line.path("event").asText().equals("role.kept"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.path("message").asText())
                            .contains("'%s' owns %s, which would run".formatted(scene.owner, words)));
            Matcher made = Pattern.compile("(?<kind>table|view|domain) (?<name>own\\.\\S+)")
                    .matcher(statements);
            assertThat(made.find()).isTrue();
            scene.as(
                    scene.owner,
                    "drop %s%s %s"
                            .formatted(
                                    statements.startsWith("create materialized") ? "materialized " : "",
                                    made.group("kind"),
                                    made.group("name")));
        });

        Answer answer = scene.resource.delete();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(roles()).isEqualTo("0");
        assertThat(scene.queryAsSuperuser(
                        "select relowner::regrole from pg_class where oid = 'own.harmless'::regclass"))
                .isEqualTo(scene.database.username());
    }

    @Test
    void theCureThatTheReasonNamesWorksBeforeThereIsAnOwner() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.asAdministrator("create role " + scene.application);
        scene.asSuperuser("create view peek as select 1 as n; alter view peek owner to " + scene.application);
        Answer refused = scene.resource.create(properties);
        assertThat(refused.reason())
                .satisfies(approved(
                        "roles/codeRunsAsTheOwner",
                        Map.of("application", scene.application, "piece", "view public.peek", "owner", scene.owner)));
        Matcher cure = SECOND_STATEMENT.matcher(refused.reason());
        assertThat(cure.find()).isTrue();

        scene.asSuperuser(cure.group(1));

        scene.create(later(properties, Map.of()));
        assertThat(scene.queryAsSuperuser("select relowner::regrole from pg_class where relname = 'peek'"))
                .isEqualTo(scene.owner);
    }

    @Test
    void aDatabaseThatIsGoneLetsItsStackBeDeletedAndTheLogSaysThatTheRolesStay() {
        try (RolesScene other = new RolesScene(stage, server)) {
            other.create(other.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP")));
            scene.asSuperuser("drop database %s with (force)".formatted(other.database.databaseName()));

            assertThat(deletedAsGone(other.resource, null))
                    .contains("the database does not exist (3D000). The roles stay in the cluster: ")
                    .contains("'%s', '%s', '%s'".formatted(other.owner, other.application, other.readOnly));
        }
    }

    @Test
    void aSecretOrAHostThatIsGoneLetsTheStackBeDeleted() {
        Map<String, Object> properties =
                scene.threeRoles(Map.of("OnDelete", "REASSIGN_AND_DROP", "ConnectTimeout", "PT1S"));
        scene.create(properties);

        assertThat(deletedAsGone(scene.resource, later(properties, Map.of("Host", "gone.invalid"))))
                .contains("no name server knows the host. If the server still exists, the roles do too: ");
        stage.secrets.failAlways(SecretsManagerEndpoint.Failure.markedForDeletion());
        try {
            assertThat(deletedAsGone(scene.resource, null)).contains("the secret is deleted. ");
        } finally {
            stage.secrets.failAlways(null);
        }
        assertThat(roles()).isEqualTo("3");
        // It may only be down.
        assertThat(scene.resource
                        .send(scene.resource.event(RequestType.DELETE, later(properties, Map.of("Port", "1"))))
                        .succeeded())
                .isFalse();
    }

    // Deletes the resource, which must succeed, and returns the message of the one log line "roles.gone".
    private String deletedAsGone(CustomResource resource, @Nullable Map<String, Object> properties) {
        stage.newLogLines();
        Answer answer =
                properties == null ? resource.delete() : resource.send(resource.event(RequestType.DELETE, properties));
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        List<String> told = new ArrayList<>();
        stage.newLogLines().stream()
                .filter(line -> line.path("event").asText().equals("roles.gone"))
                .forEach(line -> told.add(line.path("message").asText()));
        assertThat(told).hasSize(1);
        return told.get(0);
    }

    // The deploy has looked for code, and waits to take CREATE on the schema away, when the view is committed.
    @Test
    void aViewThatIsCommittedBehindTheLookForCodeIsNotHandedOver() throws Exception {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.asSuperuser("grant create on schema public to " + scene.application);
        List<String> before = scene.catalogs();
        try (Connection writer = scene.connect(scene.application);
                Statement writing = writer.createStatement();
                Connection holder = scene.database.connectAsSuperuser();
                Statement holding = holder.createStatement()) {
            writer.setAutoCommit(false);
            writing.execute("create view pen as select 1 as n");
            holder.setAutoCommit(false);
            holding.execute("grant usage on schema public to " + scene.database.username());

            Answer answer = whileItWaits("transactionid", properties, () -> {
                writer.commit();
                holder.rollback();
            });

            assertThat(answer.reason())
                    .satisfies(approved(
                            "roles/codeRunsAsTheOwner",
                            Map.of(
                                    "application",
                                    scene.application,
                                    "piece",
                                    "view public.pen",
                                    "owner",
                                    scene.owner)));
        }
        scene.as(scene.application, "drop view pen");
        assertThat(scene.catalogs()).isEqualTo(before);
    }

    // The deploy has looked for code, and waits for the table, when the trigger on it is committed.
    @Test
    void aTriggerThatIsCommittedBehindTheLookForCodeIsNotHandedOver() throws Exception {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        scene.asSuperuser("create schema own authorization %1$s; grant create on schema public to %1$s"
                .formatted(scene.application));
        scene.as(
                scene.application,
                "create table mine (id int)",
                "create function own.fired() returns trigger language plpgsql as $$ begin return new; end $$");
        List<String> before = scene.catalogs();
        try (Connection writer = scene.connect(scene.application);
                Statement writing = writer.createStatement()) {
            writer.setAutoCommit(false);
            writing.execute("create trigger late before insert on mine execute function own.fired()");

            Answer answer = whileItWaits("relation", properties, writer::commit);

            assertThat(answer.reason())
                    .satisfies(approved(
                            "roles/codeRunsAsTheOwner",
                            Map.of(
                                    "application",
                                    scene.application,
                                    "piece",
                                    "trigger late of public.mine",
                                    "owner",
                                    scene.owner)));
        }
        scene.as(scene.application, "drop trigger late on mine");
        assertThat(scene.catalogs()).isEqualTo(before);
    }

    @FunctionalInterface
    private interface Move {
        void make() throws SQLException;
    }

    // The deploy waits 0.2 s for a lock, which is enough for the move. On a slower machine it begins again, and its
    // first look refuses.
    private Answer whileItWaits(String lock, Map<String, Object> properties, Move move) throws Exception {
        CompletableFuture<Answer> deploy =
                CompletableFuture.supplyAsync(() -> scene.resource.update(later(properties, Map.of())));
        Stage.await(
                "a deploy that waits",
                () -> scene.queryAsSuperuser(
                                "select exists (select from pg_locks where not granted and locktype = '%s')"
                                        .formatted(lock))
                        .equals("t"));
        move.make();
        return deploy.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aNameThatAStackRollbackTookBackIsToldWithTheStatementThatRenames() {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        scene.create(properties);
        String other = scene.application + "_2";
        scene.update(later(properties, Map.of("Application", scene.secretRole(other))));
        assertThat(scene.resource.rollBack().succeeded()).isTrue();

        Answer answer = scene.resource.update(later(properties, Map.of()));

        assertThat(answer.reason())
                .satisfies(approved("roles/renamedAndRolledBack", Map.of("role", scene.application, "other", other)));
        scene.asAdministrator("alter role %s rename to %s".formatted(other, scene.application));
        scene.update(later(properties, Map.of()));
        assertThat(scene.probe(properties).succeeded()).isTrue();
    }

    @Test
    void aSchemaThatIsNoLongerNamedLosesWhatWasGivenThere() {
        Map<String, Object> properties = scene.threeRoles(Map.of("Schemas", List.of("public", "sales")));
        scene.create(properties);
        scene.as(scene.owner, "create table sales.item (id serial)");
        scene.as(scene.application, "insert into sales.item default values");

        Answer answer = scene.update(later(properties, Map.of("Schemas", List.of("public"))));

        assertThat(answer.data()).containsEntry("Drift", "");
        scene.as(scene.owner, "create table sales.later (id int)");
        scene.asSuperuser("grant usage on schema sales to public");
        for (String table : List.of("sales.item", "sales.later")) {
            assertThat(scene.stateOf(scene.application, "select * from " + table))
                    .isEqualTo(REFUSED);
            assertThat(scene.stateOf(scene.readOnly, "select * from " + table)).isEqualTo(REFUSED);
        }
        assertThat(scene.update(later(properties, Map.of("Schemas", List.of("public"))))
                        .data())
                .containsEntry("Changes", "0");
    }

    @Test
    void whoHoldsTheLockOfTheRolesIsWhatTheReasonIsAbout() throws SQLException {
        Map<String, Object> properties = scene.threeRoles(Map.of());
        try (Connection holder = scene.database.connectAsSuperuser();
                Statement statement = holder.createStatement();
                Stage hurried = Stage.behindProvider(settings ->
                        settings.withHandler(RolesScene.HANDLER + "::onEvent").withTimeout(Duration.ofSeconds(8)))) {
            statement.execute("select pg_advisory_lock(%d)".formatted(0x63646b726f6c6573L));
            Map<String, Object> there = new HashMap<>(hurried.properties(scene.database, Map.of()));
            there.put("Owner", RolesScene.iamRole(scene.owner));

            assertThat(hurried.resource().create(there).reason()).satisfies(approved("roles/lockNotAcquired"));
        }
        assertThat(scene.resource.create(properties).succeeded()).isTrue();
    }

    private String comment(String role) {
        return scene.queryAsSuperuser("select shobj_description('%s'::regrole, 'pg_authid')".formatted(role));
    }

    private String roles() {
        return scene.queryAsSuperuser("select count(*) from pg_roles where rolname in ('%s', '%s', '%s')"
                .formatted(scene.owner, scene.application, scene.readOnly));
    }

    /** Another resource of the scene's stack. */
    private final class Sibling {

        private final CustomResource resource = stage.resource();
        private final String logicalId;

        Sibling(String logicalId) {
            this.logicalId = logicalId;
        }

        Answer send(RequestType type, Map<String, Object> properties) {
            CustomResourceEvent event = resource.event(type, properties);
            return resource.send(new CustomResourceEvent(
                    type,
                    event.requestId(),
                    scene.resource.event(type, properties).stackId(),
                    logicalId,
                    event.resourceType(),
                    event.serviceToken(),
                    event.responseUrl(),
                    event.physicalResourceId(),
                    event.properties(),
                    event.oldProperties()));
        }
    }
}
