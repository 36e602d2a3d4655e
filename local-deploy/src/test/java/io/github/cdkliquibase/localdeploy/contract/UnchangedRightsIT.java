package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A short deploy needs no right and no lock that a deploy with nothing to do does not need, and leaves what other resources and other roles
 * have in the database.
 */
final class UnchangedRightsIT extends RepeatedDeploys {

    private static final String TABLE = "--changeset ann:1\ncreate table t (id int);\n";
    private static final Map<String, String> DROP_ALL = Map.of("OnDelete", "DROP_ALL");

    UnchangedRightsIT() {
        super(Duration.ofSeconds(30));
    }

    @Test
    void anotherResourceIsNotedBeforeADeployOfItIsShort() {
        stage.sql(TABLE);
        CustomResource other = stage.resource();
        assertFull(deploy(DROP_ALL));
        assertShort(deploy(DROP_ALL));

        assertFull(deploy(other, DROP_ALL));
        assertShort(deploy(other, DROP_ALL));
        assertSucceeded(deploy(DROP_ALL));

        assertSucceeded(resource.delete());
        assertThat(tables("public")).endsWith(" t");
        assertSucceeded(deploy(other, DROP_ALL));
        assertSucceeded(other.delete());
        assertThat(tables("public")).isEmpty();
    }

    @Test
    void anotherOptionOnDeleteIsNoticed() {
        stage.sql(TABLE);
        assertFull();
        assertShort();

        assertFull(deploy(DROP_ALL));
        assertShort(deploy(DROP_ALL));

        assertSucceeded(resource.delete());
        assertThat(tables("public")).isEmpty();
        assertApplied(1, deploy(DROP_ALL));
    }

    @Test
    void theNotesAreDroppedWithTheirHistory() {
        Stage.execute(database, "create schema ledger");
        stage.sql(TABLE);
        Map<String, ?> properties = with(DROP_ALL, Map.of("DefaultSchema", "public", "LiquibaseSchema", "ledger"));
        assertFull(deploy(properties));
        assertShort(deploy(properties));

        assertSucceeded(resource.delete());

        assertThat(tables("public")).isEmpty();
        assertThat(tables("ledger")).isEmpty();
    }

    @Test
    void aRecordOfTheResourceThatIsLostIsMadeAgain() {
        stage.sql(TABLE);
        assertFull();
        assertShort();

        Stage.execute(database, "comment on table databasechangeloglock is null");

        assertFull();
        assertThat(Stage.query(database, "select obj_description('databasechangeloglock'::regclass)"))
                .startsWith("cdk-liquibase ");
        assertShort();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table databasechangelogdeploys; alter schema public owner to postgres; revoke create on schema public from public, %s",
                "alter table databasechangelogdeploys owner to postgres; grant select on databasechangelogdeploys to %s",
                "alter table databasechangelogdeploys owner to postgres"
            })
    void aUserWhoMayNotNoteADeployIsTold(String loss) {
        stage.sql(ONE);
        assertFull();
        administrator.execute(loss.formatted(database.username()));
        stage.sql(TWO).newLogLines();

        assertApplied(1, deploy());
        assertNotNoted();
        assertApplied(0, deploy());
        assertNotNoted();
    }

    private void assertNotNoted() {
        assertThat(logged("deploys.not-noted")).singleElement().satisfies(line -> {
            assertThat(line.path("level").asText()).isIn("INFO", "WARN");
            assertThat(line.path("message").asText()).isNotBlank();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table databasechangelogdeploys (id int)",
                "create view databasechangelogdeploys as select 1 as id",
                "create sequence databasechangelogdeploys"
            })
    void whatHasTheNameOfTheNotesStaysAsItIs(String relation) {
        String columns =
                "select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = 'databasechangelogdeploys'::regclass and attnum > 0";
        Stage.execute(database, relation);
        String before = Stage.query(database, columns);
        stage.sql(ONE);

        assertApplied(1, deploy());
        assertApplied(0, deploy());

        assertThat(Stage.query(database, columns)).isEqualTo(before);
    }

    // Their code would run with the rights of the migration user. A sequence keeps its value when a transaction is
    // rolled back.
    @ParameterizedTest
    @ValueSource(strings = {"create view public.databasechangelogdeploys as select %s", """
                create table public.databasechangelogdeploys as select %s with no data;
                create trigger planted before insert on public.databasechangelogdeploys
                  for each row execute function guest.trigger()
                """, """
                create table public.databasechangelogdeploys as select %s with no data;
                alter table public.databasechangelogdeploys enable row level security;
                create policy planted on public.databasechangelogdeploys using (guest.trap()) with check (guest.trap())
                """})
    void codeOfAnotherOwnerIsNotRun(String plant) {
        stage.sql(ONE);
        assertFull();
        String columns = administrator.text("""
                select string_agg(format('(case when guest.trap() then null end)::%s as %I',
                  format_type(atttypid, atttypmod), attname), ', ' order by attnum)
                from pg_attribute where attrelid = 'databasechangelogdeploys'::regclass and attnum > 0""");
        String guest = database.databaseName() + "_guest";
        administrator.execute("""
                drop table databasechangelogdeploys;
                create role %1$s;
                create schema guest authorization %1$s;
                grant create on schema public to %1$s;
                set role %1$s;
                create sequence guest.ran;
                create function guest.trap() returns boolean language plpgsql as
                  'begin perform nextval(''guest.ran''); return true; end';
                create function guest.trigger() returns trigger language plpgsql as
                  'begin perform guest.trap(); return new; end';
                grant usage on schema guest to public;
                grant usage on sequence guest.ran to public;
                %2$s;
                grant all on public.databasechangelogdeploys to public;
                reset role
                """.formatted(guest, plant.formatted(columns)));
        try {
            assertFull();
            assertFull();
            assertThat(administrator.text("select is_called from guest.ran"))
                    .as("whether the code of the guest ran")
                    .isEqualTo("f");
        } finally {
            administrator.execute("drop owned by %1$s cascade; drop role %1$s".formatted(guest));
        }
    }

    /** What each of these users may do is enough for a full deploy with nothing to do. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "grant select on databasechangelog, databasechangeloglock to %1$s",
                "grant select on all tables in schema public to %1$s",
                "grant select on all tables in schema public to %1$s; alter role %1$s set default_transaction_read_only = on",
                "grant %2$s to %1$s"
            })
    void aUserWithTheRightsOfADeployWithNothingToDoSucceeds(String rights) {
        stage.sql(ONE);
        assertFull();
        String user = database.databaseName() + "_reader";
        administrator.execute("create role %s login password 'of-the-reader'".formatted(user));
        administrator.execute(rights.formatted(user, database.username()));
        try {
            Map<String, Object> properties = as(user, "of-the-reader");
            assertNothingApplied(resource.update(with(properties, "WhenUnchanged", "RUN")));
            assertNothingApplied(resource.update(with(properties, "WhenUnchanged", "SKIP")));
            assertNothingApplied(resource.update(with(properties, "WhenUnchanged", "SKIP")));
        } finally {
            administrator.execute("drop owned by %1$s; drop role %1$s".formatted(user));
        }
    }

    private Map<String, Object> as(String user, String password) {
        stage.canary(password);
        Map<String, Object> properties = new HashMap<>(stage.properties(
                database, Map.of("Host", "localhost", "Port", server.port(), "DatabaseName", database.databaseName())));
        properties.put(
                "SecretArn",
                stage.secrets.put(user, "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, password)));
        return properties;
    }

    private static void assertNothingApplied(Answer answer) {
        assertSucceeded(answer);
        assertThat(answer.data()).containsEntry("AppliedChangesets", "0").containsKey("Unchanged");
    }

    @Test
    void aRunThatHoldsTheLockIsNotWaitedFor() {
        stage.sql(ONE);
        assertFull();

        administrator.take(
                "select pg_advisory_lock(%d, %d)".formatted("databasechangeloglock".hashCode(), "public".hashCode()));
        administrator.take(
                "begin; insert into databasechangelog select '9', author, filename, dateexecuted, 9, exectype from databasechangelog");

        assertShort();
    }

    @Test
    void aLockThatPlainLiquibaseHasLeftIsIgnored() {
        stage.sql(ONE);
        assertFull();

        Stage.execute(
                database,
                "update databasechangeloglock set locked = true, lockedby = 'ci-17 (10.0.0.9)', lockgranted = now()");

        assertShort();
    }
}
