package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A changeset and its row in the history are both there or neither; outside a transaction, no statement is done twice. */
final class AtomicityIT extends WarmFunction {

    private static final String COMMITS_EACH_ROW = """
            create procedure more() language plpgsql as
              'begin for i in 2..3 loop insert into t values (i); commit; end loop; end'
            """;
    private static final String UNFINISHED = "databasechangelogunfinished";

    AtomicityIT() {
        super(Duration.ofSeconds(60));
    }

    @Test
    void aChangesetAndItsRowHaveOneTransaction() {
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet: { id: 1, author: ann, changes: [ { sql: { sql: "create table t1 (id int)" } } ] }
                  - changeSet:
                      id: 2
                      author: ann
                      preConditions: [ { onFail: HALT }, { tableExists: { tableName: t1 } } ]
                      changes:
                        - createTable: { tableName: t2, columns: [ { column: { name: id, type: int } } ] }
                        - loadData: { tableName: t2, file: rows.csv }
                        - sql: { sql: "create index t2_id on t2 (id)" }
                  - changeSet: { id: 3, author: ann, runOnChange: true, changes: [ { sql: { sql: "create table t3 (id int)" } }, { tagDatabase: { tag: v1 } } ] }
                """).file("rows.csv", "id\n1\n2\n");

        assertThat(deploy().data()).containsEntry("AppliedChangesets", "3");

        assertThat(Stage.query(database, """
                select string_agg(distinct h.id || ' ' || (h.xmin = c.xmin)::text, ', ' order by h.id || ' ' || (h.xmin = c.xmin)::text)
                from databasechangelog h join pg_class c on c.relname = 't' || h.id
                """)).isEqualTo("1 true, 2 true, 3 true");
        assertThat(Stage.query(
                        database, "select count(distinct xmin) from (select xmin::text from databasechangelog) x"))
                .isEqualTo("3");
        assertThat(
                        Stage.query(
                                database,
                                "select (select min(xmin::text) from t2) = (select xmin::text from databasechangelog where id = '2')"))
                .isEqualTo("t");
    }

    @Test
    void aRowThatCannotBeWrittenTakesItsChangesetWithIt() {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        deploy();
        Stage.execute(database, "alter table databasechangelog add constraint no_two check (id <> '2')");
        stage.sql("""
                --changeset ann:1
                create table a (id int);
                --changeset ann:2
                create table b (id int);
                --changeset ann:3
                create table c (id int);
                """);

        Answer failed = deploy();

        assertThat(failed.reason()).satisfies(approved("history/rowViolatesConstraint"));
        assertThat(Stage.query(database, "select to_regclass('b')")).isNull();
        assertThat(stage.newLogLines())
                .anyMatch(line -> line.path("event").asText().equals("changeset.failed")
                        && line.path("changeset").asText().equals("db/changelog/changes.sql::2::ann"));

        Stage.execute(database, "alter table databasechangelog drop constraint no_two");
        assertThat(deploy().data()).containsEntry("AppliedChangesets", "2");
    }

    @Test
    void aChangesetThatMadeItsTransactionReadOnlyGetsItsRowLater() {
        stage.sql("--changeset ann:1\ncreate table t (id int);\n");
        deploy();
        Stage.execute(database, "alter table databasechangelog add constraint no_two check (id <> '2')");
        stage.sql("""
                --changeset ann:1
                create table t (id int);
                --changeset ann:2
                insert into t values (1);
                set transaction read only;
                """);

        assertThat(deploy().reason()).satisfies(approved("history/rowViolatesConstraintAfterTheCommit"));

        Stage.execute(database, "alter table databasechangelog drop constraint no_two");
        stage.newLogLines();
        assertThat(deploy().data()).containsEntry("AppliedChangesets", "1");
        assertThat(stage.newLogLines())
                .anyMatch(line -> line.path("event").asText().equals("changeset.recorded")
                        && line.path("changeset").asText().equals("db/changelog/changes.sql::2::ann"));
        assertThat(Stage.query(database, "select count(*) from t")).isEqualTo("1");
        assertThat(Stage.query(database, "select count(*) from databasechangelog where id = '2'"))
                .isEqualTo("1");
    }

    @Test
    void aConstraintThatIsCheckedLateFailsItsChangesetAndNotTheHistory() {
        String deferred = """
                --changeset ann:1
                create table parent (id int primary key);
                create table child (parent int references parent deferrable initially deferred);
                --changeset ann:2%s
                insert into child values (7);
                --changeset ann:3
                create table c (id int);
                """;

        assertThat(stage.sql(deferred.formatted(""))
                        .resource()
                        .create(stage.properties(database, Map.of()))
                        .reason())
                .satisfies(approved("changeset/deferredConstraintViolated"));

        Answer goesOn = stage.sql(deferred.formatted(" failOnError:false"))
                .resource()
                .create(stage.properties(database, Map.of()));

        assertThat(goesOn.succeeded()).as(goesOn.reason()).isTrue();
        assertThat(goesOn.data()).containsEntry("AppliedChangesets", "1");
        assertThat(Stage.query(database, "select string_agg(id, ' ' order by id) from databasechangelog"))
                .isEqualTo("1 3");
    }

    @Test
    void aFailureOutsideOfATransactionIsGoneOnFrom() {
        stage.sql("""
                --changeset ann:1 runInTransaction:false
                create table t (n int);
                insert into t values (1);
                vacuum t;
                insert into t select n + 1 from t;
                insert into nowhere values (1);
                insert into t select n + 2 from t;
                """);

        assertThat(deploy().reason()).satisfies(approved("unfinished/failsAfterFourStatements"));
        assertThat(Stage.query(database, "select done || running from " + UNFINISHED))
                .isEqualTo("4");

        Stage.execute(database, "create table nowhere (n int)");
        Answer next = deploy();

        assertThat(next.data()).containsEntry("AppliedChangesets", "1");
        assertThat(Stage.query(database, "select string_agg(n::text, ' ' order by n) from t"))
                .isEqualTo("1 2 3 4");
        assertThat(Stage.query(database, "select to_regclass('" + UNFINISHED + "')"))
                .isNull();
    }

    @Test
    void theStatementThatFailedMayBeMendedAndThoseBeforeItAreNotRepeated() {
        String changes = """
                --changeset ann:1 runInTransaction:false
                create table t (n int);
                insert into t values (1);
                insert into %s values (2);
                """;
        stage.sql(changes.formatted("nowhere"));
        assertThat(deploy().reason()).satisfies(approved("unfinished/failsAfterTwoStatements"));

        Answer mended = stage.sql(changes.formatted("t").replace("(n int)", "(n  int)"))
                .resource()
                .create(properties());

        assertThat(mended.succeeded()).as(mended.reason()).isTrue();
        assertThat(rows()).isEqualTo("1 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Other statements where the first ones are noted as done.
                "--changeset ann:1 runInTransaction:false\ninsert into t values (7);\ninsert into u values (1);\n",
                // The same text, split otherwise: its checksum is the same too.
                "--changeset ann:1 runInTransaction:false splitStatements:false\ninsert into t values (1);\ninsert into u values (1);\n",
            })
    void statementsThatAreOthersNowAreNeitherSkippedNorRepeated(String edited) {
        Stage.execute(database, "create table t (n int)");
        stage.sql("--changeset ann:1 runInTransaction:false\ninsert into t values (1);\ninsert into u values (1);\n");
        assertThat(deploy().reason()).satisfies(approved("unfinished/failsAfterOneStatement"));
        Stage.execute(database, "create table u (n int)");

        assertThat(stage.sql(edited).resource().create(properties()).reason())
                .satisfies(approved(
                        "unfinished/edited", Map.of("changeset", "db/changelog/changes.sql::1::ann", "done", 1)));
        assertThat(rows()).isEqualTo("1");
        assertThat(Stage.query(database, "select count(*) from u")).isEqualTo("0");
    }

    @Test
    void statementsThatDependOnTheDatabaseAreNotSkippedByTheirNumber() {
        Stage.execute(database, """
                create table p (id int primary key); create table t (n int);
                create table c (a int references p, b int references p)
                """);
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      runInTransaction: false
                      changes:
                        - dropAllForeignKeyConstraints: { baseTableName: c }
                        - sql: { sql: "insert into u values (1)" }
                """);
        assertThat(deploy().reason()).satisfies(approved("unfinished/failsAfterAChangeOfTwoStatements"));
        Stage.execute(database, "create table u (n int)");

        assertThat(deploy().reason())
                .satisfies(approved(
                        "unfinished/edited",
                        Map.of("changeset", "db/changelog/db.changelog-master.yaml::1::ann", "done", 2)));
        assertThat(Stage.query(database, "select count(*) from u")).isEqualTo("0");
    }

    @Test
    void whatIsNotedOfAChangesetOutlivesAnother() {
        String failing =
                "--changeset ann:a runInTransaction:false\ninsert into t values (1);\ninsert into u values (1);\n";
        Stage.execute(database, "create table t (n int)");
        stage.sql(failing);
        deploy();

        stage.sql("--changeset ann:b runInTransaction:false\ncreate table u (n int);\n" + failing);
        Answer next = deploy();

        assertThat(next.succeeded()).as(next.reason()).isTrue();
        assertThat(rows()).isEqualTo("1");
        assertThat(Stage.query(database, "select to_regclass('" + UNFINISHED + "')"))
                .isNull();
    }

    @Test
    void aFailureThatIsPutUpWithIsGoneOnFromToo() {
        Stage.execute(database, "create table t (n int)");
        stage.sql(
                "--changeset ann:1 runInTransaction:false failOnError:false\ninsert into t values (1);\ninsert into u values (1);\n");

        assertThat(deploy().succeeded()).isTrue();
        assertThat(deploy().succeeded()).isTrue();

        assertThat(rows()).isEqualTo("1");
    }

    @Test
    void aTextThatIsNotSplitIsOneStatement() {
        Stage.execute(database, "create table t (n int)");
        stage.file(Stage.MASTER, """
                databaseChangeLog:
                  - changeSet:
                      id: 1
                      author: ann
                      runInTransaction: false
                      changes:
                        - sql: { splitStatements: false, sql: "set work_mem = '8MB'; insert into t values (1)" }
                        - sql: { sql: "insert into u values (1)" }
                """);
        deploy();
        Stage.execute(database, "create table u (n int)");

        assertThat(deploy().succeeded()).isTrue();
        assertThat(rows()).isEqualTo("1");
    }

    private static final String COMMITS_ITSELF =
            "--changeset ann:1 runInTransaction:%s splitStatements:%s\nbegin;\ninsert into t values (1);\ncommit;\ninsert into u values (1);\n";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChangesetThatCommitsInItsTransactionSaysThatWhatItCommittedStays(boolean split) {
        Stage.execute(database, "create table t (n int)");
        stage.sql(COMMITS_ITSELF.formatted(true, split));

        assertThat(deploy().reason()).satisfies(approved("unfinished/ownCommit"));
        assertThat(rows()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAChangesetCommitsOutsideATransactionIsNotedAndNotRepeated(boolean split) {
        Stage.execute(database, "create table t (n int)");
        stage.sql(COMMITS_ITSELF.formatted(false, split));

        assertThat(deploy().reason()).satisfies(approved("unfinished/failsAfterItsOwnCommit"));
        assertThat(rows()).isEqualTo("1");

        Stage.execute(database, "create table u (n int)");
        assertThat(deploy().succeeded()).isTrue();
        assertThat(rows()).isEqualTo("1");
    }

    @Test
    void aBlockThatFailsBeforeItsCommitLeavesNothing() {
        stage.sql(
                "--changeset ann:1 splitStatements:true\nbegin;\ncreate table t (n int);\ninsert into nowhere values (1);\ncommit;\n");

        assertThat(deploy().reason()).satisfies(approved("changeset/failsInItsOwnTransaction"));
        assertThat(Stage.query(database, "select to_regclass('t')")).isNull();
    }

    @Test
    void aChangesetThatRunsAlwaysRunsOnceInARunThatIsTriedAgain() throws Exception {
        Stage.execute(database, "create table t (n int); create table a (n int)");
        stage.sql("""
                --changeset ann:1 runAlways:true
                insert into t values (1);
                --changeset ann:2
                alter table a add column b int;
                """);

        Answer answer = deployWhileTableAIsRead();

        assertThat(answer.data()).containsEntry("AppliedChangesets", "2").containsEntry("TotalChangesets", "2");
        assertThat(rows()).isEqualTo("1");
    }

    @Test
    void aStateOfAConnectionThatAStatementRaisesIsAFailureLikeAnyOther() {
        stage.sql("--changeset ann:1\ndo $$ begin raise exception 'far away' using errcode = '08001'; end $$;\n"
                .replace("ann:1", "ann:1 splitStatements:false"));

        assertThat(deploy().reason()).satisfies(approved("changeset/raisesTheStateOfALostConnection"));
        assertThat(stage.newLogLines())
                .noneMatch(line -> line.path("event").asText().equals("changeset.retry"));
    }

    // The reader leaves when the run has lost the table once.
    private Answer deployWhileTableAIsRead() throws Exception {
        try (Connection reader = database.connect()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select * from a");
            Thread release = Thread.ofPlatform().start(() -> {
                stage.awaitLogLine("changeset.retry");
                try {
                    reader.rollback();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
            Answer answer = deploy(Map.of("LockTimeout", "PT0.05S"));
            release.join();
            return answer;
        }
    }

    private Map<String, Object> properties() {
        return stage.properties(database, Map.of());
    }

    private @Nullable String rows() {
        return Stage.query(database, "select string_agg(n::text, ' ' order by n) from t");
    }

    @Test
    void aTableLockOutsideOfATransactionIsTriedAgainForWhatCanBeRolledBack() throws Exception {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
        deploy();
        stage.sql("""
                --changeset ann:1
                create table a (id int);
                --changeset ann:2 runInTransaction:false
                create table b (id int);
                alter table a add column n int;
                """);

        Answer answer = deployWhileTableAIsRead();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data()).containsEntry("AppliedChangesets", "1");
    }

    @Test
    void anIndexThatABuildLeftInvalidIsNamedAndBuiltAnew() {
        stage.sql("""
                --changeset ann:1
                create table "Order" (id int, "No" int);
                insert into "Order" values (1, 1), (2, 1);
                --changeset ann:2 runInTransaction:false
                -- unique for each order
                create unique index concurrently if not exists "Order_No" on public."Order" ("No");
                """);

        assertThat(deploy().reason()).satisfies(approved("unfinished/indexLeftInvalid"));

        Stage.execute(database, "delete from \"Order\" where id = 2");
        Answer next = deploy();

        assertThat(next.succeeded()).as(next.reason()).isTrue();
        assertThat(Stage.query(database, "select indisvalid from pg_index where indexrelid = '\"Order_No\"'::regclass"))
                .isEqualTo("t");
        assertThat(stage.newLogLines())
                .anyMatch(line -> line.path("event").asText().equals("index.dropped"));
    }

    @Test
    void anInvalidIndexOfAStatementThatIsAnotherOneNowIsDropped() {
        Stage.execute(database, "create table t (n int); insert into t values (1), (1)");
        String changes = "--changeset ann:1 runInTransaction:false\ncreate unique index concurrently t_n on t (n);\n";
        stage.sql(changes);
        assertThat(deploy().reason()).satisfies(approved("unfinished/indexOfADuplicateLeftInvalid"));

        stage.sql(changes.replace("unique index concurrently t_n ", "index concurrently t_n_2 "));
        Answer next = deploy();

        assertThat(next.succeeded()).as(next.reason()).isTrue();
        assertThat(Stage.query(database, "select string_agg(indexname, ' ') from pg_indexes where tablename = 't'"))
                .isEqualTo("t_n_2");
    }

    @Test
    void aStatementThatIsAnotherOneNowIsNotTakenForTheOneThatWasUnderWay() {
        stage.sql(
                "--changeset ann:1 runInTransaction:false\ncreate table t (n int);\ndrop index concurrently nowhere;\n");
        deploy();
        // As a run leaves it that dies in the second statement.
        Stage.execute(database, "update " + UNFINISHED + " set running = 'the digest of another statement'");

        assertThat(deploy().reason()).satisfies(approved("unfinished/indexDoesNotExist"));
    }

    @Test
    void aChangesetThatWasLeftUnfinishedKeepsItsKind() {
        Stage.execute(database, "create table t (n int)");
        String changes =
                "--changeset ann:1 runInTransaction:false\ninsert into t values (1);\ninsert into u values (1);\n";
        stage.sql(changes);
        deploy();
        Stage.execute(database, "create table u (n int)");

        assertThat(stage.sql(changes.replace(" runInTransaction:false", ""))
                        .resource()
                        .create(properties())
                        .reason())
                .satisfies(approved("unfinished/hasATransactionNow"));
        assertThat(rows()).isEqualTo("1");
    }

    @Test
    void aChangesetThatWasLeftUnfinishedAndIsGoneIsTold() {
        stage.sql("--changeset ann:1 runInTransaction:false\ncreate table t (n int);\ninsert into u values (1);\n");
        deploy();
        stage.sql("--changeset ann:2\nselect 2;\n").newLogLines();

        assertThat(deploy().succeeded()).isTrue();

        assertThat(stage.newLogLines())
                .anyMatch(line -> line.path("event").asText().equals("changeset.unfinished")
                        && line.path("changeset").asText().equals("db/changelog/changes.sql::1::ann"));
    }

    @Test
    void anIndexThatWasThereBeforeIsNotTakenForTheChangesets() {
        Stage.execute(database, "create table t (a int, b int); create index t_i on t (a)");
        stage.sql("""
                --changeset ann:1 runInTransaction:false
                create index concurrently t_i on t (b);
                """);

        for (int run = 0; run < 2; run++) {
            assertThat(deploy().reason()).satisfies(approved("unfinished/indexExists"));
        }
        assertThat(Stage.query(database, "select indexdef from pg_indexes where indexname = 't_i'"))
                .endsWith("(a)");
    }

    @Test
    void aChangesetThatKeepsItsOwnTransactionsIsLeftToItself() {
        stage.sql("""
                --changeset ann:1 runInTransaction:false splitStatements:true
                begin;
                create table t (n int);
                insert into t values (1);
                commit;
                call more();
                """);
        Stage.execute(database, COMMITS_EACH_ROW);

        Answer answer = deploy();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(Stage.query(database, "select string_agg(n::text, ' ' order by n) from t"))
                .isEqualTo("1 2 3");
    }

    @Test
    void aProcedureThatCommitsAndASettingOfTheSessionWorkOutsideOfATransaction() {
        stage.sql("""
                --changeset ann:1 runInTransaction:false
                create table t (n int, owner text default current_setting('app.owner'));
                set app.owner = 'ann';
                insert into t values (1);
                call more();
                """);
        Stage.execute(database, COMMITS_EACH_ROW);

        Answer answer = deploy();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(Stage.query(database, "select string_agg(n || owner, ' ' order by n) from t"))
                .isEqualTo("1ann 2ann 3ann");
    }
}
