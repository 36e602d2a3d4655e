package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The last sentences of a reason: where it failed, and what to do. */
final class AdviceIT extends WarmFunction {

    AdviceIT() {
        super(Duration.ofSeconds(8));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "create function f() returns int as $$~declare n int;~begin~return 1;~end~$$ language plpgsql | It failed in statement 2 of 3, line 4 of 'db/changelog/changes.sql'. The statement ends inside a dollar quote, because its text was split at ';': give the changeset 'splitStatements:false'",
                "comment on table a is '${owner}; x | Close the quote.",
                "comment on table a is ${owner} | The statement uses parameter 'owner', which has no value: set it in the property 'Parameters' and deploy again",
                "copy a from stdin | Use 'pg_dump --inserts' or the change 'loadData'",
                "create index concurrently i on a (id) | Add 'runInTransaction:false' to the changeset, and deploy again",
                "create table a (id int) | If it was made without Liquibase, give the changeset a precondition with 'onFail:MARK_RAN'",
                "select pg_read_file('/etc/passwd') | or the role that the changeset has set, lacks a privilege: grant it, or let the construct 'DatabaseRoles' manage the privileges of its roles",
                "insert into a values (1), (1) | It failed in statement 2 of 2, line 4 of 'db/changelog/changes.sql'. Correct it and deploy again",
                "select nowhere | line 4 of 'db/changelog/changes.sql'. Correct it and deploy again",
            })
    void aStatementThatFailsSaysWhatToDo(String statement, String advice) {
        stage.sql("--changeset ann:1\ncreate table a (id int primary key);\n" + statement.replace('~', '\n') + ";\n");

        assertThat(deploy().reason()).contains("; this one was rolled back. ").contains(advice);
    }

    @Test
    void anEditOfAChangesetThatHasRunMayBeDeclaredHarmless() {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        deploy();
        stage.sql("--changeset ann:1\ncreate table a (id bigint);\n");

        assertThat(deploy().reason()).contains("If the edit changes nothing in the database, add 'validCheckSum'");
    }

    @Test
    void aChangelogOfAnotherKindSaysWhichAreRead() {
        stage.file("db/changelog/a.txt", "create table a (id int)");

        assertThat(deploy(Map.of("ChangelogFile", "db/changelog/a.txt")).reason())
                .contains(
                        "Cannot find parser that supports db/changelog/a.txt: the name of a changelog must end in .sql, .xml, .yaml, .yml or .json");
    }

    @Test
    void aUserWhoMayNotMakeTheHistoryIsNamedWithWhatItLacks() {
        Stage.execute(database, "create schema locked; revoke all on schema locked from current_user");
        stage.sql("--changeset ann:1\ncreate table public.a (id int);\n");

        assertThat(deploy(Map.of("LiquibaseSchema", "locked")).reason())
                .contains(
                        "permission denied for schema locked (SQLSTATE 42501)",
                        "User '" + database.username()
                                + "' needs the privileges 'USAGE' and 'CREATE' on schema 'locked', and all privileges on Liquibase's tables there");
    }

    @Test
    void anAutovacuumThatHoldsTheTableIsNamed() {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        deploy();
        Stage.execute(database, """
                alter table a set (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,
                  autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_cost_delay = 100);
                insert into a select generate_series(1, 20000);
                delete from a""");
        administrator.execute("alter system set autovacuum_naptime = 1");
        administrator.execute("select pg_reload_conf()");
        Stage.await("an autovacuum", () -> "1".equals(Stage.query(database, """
                        select count(*) from pg_locks l join pg_class c on c.oid = l.relation
                        where c.relname = 'a' and l.mode = 'ShareUpdateExclusiveLock'""")));
        stage.sql("--changeset ann:1\ncreate table a (id int);\n--changeset ann:2\nalter table a add column b int;\n");

        Answer answer = deploy(Map.of("LockTimeout", "PT0.2S"));

        assertThat(answer.reason())
                .contains(
                        "(SQLSTATE 55P03)",
                        "An autovacuum of the server (process ",
                        "'deadlock_timeout' (1 s by default)");
        assertThat(deploy(Map.of("LockTimeout", "PT4S")).succeeded())
                .as("it gives way then")
                .isTrue();
    }
}
