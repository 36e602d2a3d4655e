package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a run does again after a lost connection or a lost lock, and what it must not do again. */
@Tag("slow")
final class RepetitionIT extends WarmFunction {

    RepetitionIT() {
        super(Duration.ofSeconds(30));
    }

    @Test
    void aChangesetThatIsToBeginAnewDoesSoOnce() {
        loseOnce();
        stage.sql("""
                --changeset ann:1
                create table t (id int);
                --changeset ann:2 runInTransaction:false
                create temp table batch as select 1 as id;
                insert into t select id from batch;
                insert into nowhere select id from batch;
                """);
        assertThat(deploy().reason()).satisfies(approved("unfinished/sessionStateLeft"));
        Stage.execute(database, "truncate t");
        stage.sql("""
                --changeset ann:1
                create table t (id int);
                --changeset ann:2 runInTransaction:false
                drop table if exists batch;
                insert into t values (1);
                select lose();
                insert into t values (2);
                """);

        Answer answer = deploy(Map.of("RestartChangeset", "db/changelog/changes.sql::2::ann"));

        assertThat(answer.reason()).isEmpty();
        assertThat(Stage.query(database, "select string_agg(id::text, ',' order by id) from t"))
                .isEqualTo("1,2");
    }

    @Test
    void anIndexThatWasCompletedBehindTheRunIsKnownBehindStatementsAboutTheSession() {
        Stage.execute(database, """
                create table t (id int);
                insert into t values (1);
                create function key(id int) returns int immutable language plpgsql as
                  'begin perform pg_terminate_backend(pg_backend_pid()); return id; end'""");
        stage.sql("""
                --changeset ann:1 runInTransaction:false
                set lock_timeout = '7s';
                create index concurrently t_key on t (key(id));
                reset lock_timeout;
                """);
        assertThat(deploy().reason()).contains("(SQLSTATE 57P01)");
        Stage.execute(database, """
                create or replace function key(id int) returns int immutable language sql as 'select id';
                drop index if exists t_key""");
        Stage.execute(database, "create index t_key on t (key(id))");

        assertThat(deploy().reason()).isEmpty();
        assertThat(stage.newLogLines())
                .anyMatch(line -> line.path("event").asText().equals("statement.done-before"));
    }

    @Test
    void aNameToBeginAnewThatIsMisspeltIsTold() {
        stage.sql("--changeset ann:1\ncreate table t (id int);\n");

        assertThat(deploy(Map.of("RestartChangeset", "changes.sql::1::bob")).succeeded())
                .isTrue();

        assertThat(stage.newLogLines())
                .anyMatch(line -> line.path("event").asText().equals("changeset.restart-unknown"));
    }

    @Test
    void whatAChangesetHasCommittedByItselfIsNotDoneAgain() {
        loseOnce();
        stage.sql("""
                --changeset ann:1
                create table t (id int);
                --changeset ann:2
                insert into t values (1);
                commit;
                select lose();
                """);

        assertThat(deploy().reason()).satisfies(approved("unfinished/connectionLostAfterItsOwnCommit"));
        assertThat(Stage.query(database, "select count(*) from t")).isEqualTo("1");
    }

    @Test
    void aChangesetOfWhichNothingCanBeNotedIsNotDoneAgain() {
        loseOnce();
        Stage.execute(database, "create schema ledger; create table ledger.t (id int)");
        stage.sql("--changeset ann:1\nselect 1;\n");
        deploy();
        administrator.execute("alter schema public owner to postgres; revoke create on schema public from public, \""
                + database.username() + "\"");
        stage.sql("""
                --changeset ann:1
                select 1;
                --changeset ann:2 runInTransaction:false
                insert into ledger.t values (1);
                select lose();
                """);

        assertThat(deploy().reason()).satisfies(approved("unfinished/notRecorded"));
        assertThat(Stage.query(database, "select count(*) from ledger.t")).isEqualTo("1");
    }

    @Test
    void aChangesetThatRunsAlwaysGoesOnInTheSameRun() {
        loseOnce();
        Stage.execute(database, "create table t (id int)");
        stage.sql("""
                --changeset ann:1 runInTransaction:false runAlways:true
                insert into t values (1);
                select lose();
                """);

        assertThat(deploy().reason()).isEmpty();
        assertThat(Stage.query(database, "select count(*) from t")).isEqualTo("1");
    }

    @Test
    void aRunThatDoesNotKnowWhatTheLostSessionHadSetEnds() throws Exception {
        stage.sql("--changeset ann:0\ncreate table t (tenant text);\n");
        deploy();
        stage.sql("""
                --changeset ann:0
                create table t (tenant text);
                --changeset ann:1 runAlways:true
                select set_config('app.tenant', 'acme', false), set_config('synchronous_commit', 'on', true);
                --changeset ann:2
                insert into t values (current_setting('app.tenant'));
                """);
        administrator.execute("alter system set synchronous_standby_names = 'nowhere'");
        administrator.execute("select pg_reload_conf()");
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(this::deploy);
        try {
            Stage.await("a commit that waits", () -> "1".equals(administrator.text("""
                            select count(*) from pg_stat_activity
                            where wait_event = 'SyncRep' and datname = current_database()""")));
        } finally {
            administrator.execute("alter system reset synchronous_standby_names");
        }
        administrator.execute("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
        administrator.execute("select pg_reload_conf()");

        assertThat(answer.get().reason()).satisfies(approved("unfinished/commitLostWithItsSession"));
        assertThat(deploy().succeeded()).isTrue();
        assertThat(Stage.query(database, "select string_agg(tenant, ',') from t"))
                .isEqualTo("acme");
    }

    @Test
    void aRunThatHasGivenItsLockAwaySeesWhatAnotherOneDid() {
        stage.sql("""
                --changeset ann:1
                create table t (id int);
                --changeset ann:2
                insert into databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype, deployment_id)
                  select '3', author, filename, now(), 100, 'EXECUTED', 'other' from databasechangelog where id = '1';
                select pg_advisory_unlock_all();
                --changeset ann:3
                insert into t values (3);
                --changeset ann:4
                insert into t values (4);
                """);

        assertThat(deploy().data()).containsEntry("AppliedChangesets", "3");
        assertThat(Stage.query(database, "select string_agg(id::text, ',') from t"))
                .isEqualTo("4");
    }

    @Test
    void aServerThatTakesNoWritesForAWhileIsWaitedFor() throws Exception {
        stage.sql("--changeset ann:1\ncreate table t (id int);\n");
        deploy();
        stage.sql("--changeset ann:1\ncreate table t (id int);\n--changeset ann:2\ninsert into t values (1);\n");
        stage.newLogLines();
        administrator.setReadOnly(true);
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(this::deploy);
        int[] seen = new int[1];
        Stage.await("five lost connections", () -> {
            seen[0] += (int) stage.newLogLines().stream()
                    .filter(line -> line.path("event").asText().equals("changeset.retry"))
                    .count();
            return seen[0] >= 5;
        });
        administrator.setReadOnly(false);

        assertThat(answer.get().reason()).isEmpty();
    }

    private void loseOnce() {
        administrator.execute("create sequence losses; grant all on sequence losses to public");
        administrator.execute("""
                create function lose() returns bool language sql security definer as
                  $$ select pg_terminate_backend(pg_backend_pid()) where nextval('losses') = 1 $$""");
    }
}
