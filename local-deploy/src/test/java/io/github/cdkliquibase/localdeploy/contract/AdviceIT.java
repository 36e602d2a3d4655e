package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
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
                "create function f() returns int as $$~declare n int;~begin~return 1;~end~$$ language plpgsql | advice/dollarQuoteTorn",
                "comment on table a is '${owner}; x | advice/quoteNotClosed",
                "comment on table a is ${owner} | advice/parameterWithoutValue",
                "copy a from stdin | advice/copyOfADump",
                "create index concurrently i on a (id) | advice/transactionRefused",
                "create table a (id int) | advice/objectExists",
                "select pg_read_file('/etc/passwd') | advice/privilegeMissing",
                "insert into a values (1), (1) | advice/statementOfSeveral",
                "select nowhere | advice/noOtherAdvice",
            })
    void aStatementThatFailsSaysWhatToDo(String statement, String reason) {
        stage.sql("--changeset ann:1\ncreate table a (id int primary key);\n" + statement.replace('~', '\n') + ";\n");

        assertThat(deploy().reason()).satisfies(approved(reason, Map.of("user", database.username())));
    }

    @Test
    void anEditOfAChangesetThatHasRunMayBeDeclaredHarmless() {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        deploy();
        stage.sql("--changeset ann:1\ncreate table a (id bigint);\n");

        assertThat(deploy().reason()).satisfies(approved("changelog/changesetEdited"));
    }

    @Test
    void aChangelogOfAnotherKindSaysWhichAreRead() {
        stage.file("db/changelog/a.txt", "create table a (id int)");

        assertThat(deploy(Map.of("ChangelogFile", "db/changelog/a.txt")).reason())
                .satisfies(approved("changelog/formatUnknown"));
    }

    @Test
    void aUserWhoMayNotMakeTheHistoryIsNamedWithWhatItLacks() {
        Stage.execute(database, "create schema locked; revoke all on schema locked from current_user");
        stage.sql("--changeset ann:1\ncreate table public.a (id int);\n");

        assertThat(deploy(Map.of("LiquibaseSchema", "locked")).reason())
                .satisfies(approved("history/privilegesMissing", Map.of("user", database.username())));
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

        assertThat(answer.reason()).satisfies(approved("locks/tableHeldByAutovacuum"));
        assertThat(deploy(Map.of("LockTimeout", "PT4S")).succeeded())
                .as("it gives way then")
                .isTrue();
    }
}
