package io.github.cdkliquibase.localdeploy.contract;

import static io.github.cdkliquibase.localdeploy.contract.ApprovedReasons.approved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever holds the lock on the changelog, or left it behind, is told or got rid of. */
@Tag("slow")
final class ChangelogLockIT extends WarmFunction {

    /** The wall clock of a host nobody knows; the server's own in UTC. */
    private static final String LOCKED_BY_A_BUILD = """
            create table databasechangeloglock
              (id int primary key, locked boolean not null, lockgranted timestamp, lockedby varchar(255));
            insert into databasechangeloglock values (1, true, %s, 'ci-17 (10.0.0.9)');
            """;

    ChangelogLockIT() {
        super(Duration.ofSeconds(6));
    }

    @BeforeEach
    void write() {
        stage.sql("--changeset ann:1\ncreate table a (id int);\n");
    }

    @Test
    void theLockTableIsThereWithItsOneRowAsWithPlainLiquibaseAndIsNotLocked() {
        assertThat(deploy().succeeded()).isTrue();

        assertThat(
                        Stage.query(
                                database,
                                "select string_agg(concat_ws(' ', id, locked, lockgranted, lockedby), ', ') from databasechangeloglock"))
                .isEqualTo("1 f");
    }

    @Test
    void theLockIsTakenAgainAfterAChangesetHasReleasedAllLocksOfItsSession() {
        stage.sql("""
                --changeset ann:1
                select pg_advisory_unlock_all();
                --changeset ann:2
                create table locks as select classid::bigint, objid::bigint from pg_locks
                  where locktype = 'advisory' and pid = pg_backend_pid();
                """);

        assertThat(deploy().succeeded()).isTrue();

        assertThat(Stage.query(database, "select count(*) from locks")).isEqualTo("1");
    }

    @Test
    void aRowThatNobodyCanHoldAnyMoreIsReleasedAndTold() {
        Stage.execute(database, LOCKED_BY_A_BUILD.formatted("now() at time zone 'UTC'"));

        Answer answer = deploy();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(Stage.query(database, "select locked or lockedby is not null from databasechangeloglock"))
                .isEqualTo("f");
        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals("lock.released"))
                .singleElement()
                .satisfies(line -> assertThat(line.path("message").asText()).satisfies(approved("locks/rowReleased")));
    }

    @Test
    void aRowThatASessionMayHoldIsNotTouchedAndTheSessionIsNamed() throws SQLException {
        try (Connection build = database.connect()) {
            build.setClientInfo("ApplicationName", "nightly build");
            Stage.execute(database, LOCKED_BY_A_BUILD.formatted("now() at time zone 'UTC'"));

            assertThat(deploy().reason()).satisfies(approved("locks/rowHeldByABuild"));
            assertThat(Stage.query(database, "select locked from databasechangeloglock"))
                    .isEqualTo("t");
        }
    }

    @Test
    void aSessionThatConnectedLongAfterwardsIsNoSuspect() throws SQLException {
        try (Connection application = database.connect()) {
            assertThat(application.isValid(5)).isTrue();
            Stage.execute(database, LOCKED_BY_A_BUILD.formatted("(now() at time zone 'UTC') - interval '14 hours'"));

            Answer answer = deploy();

            assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        }
    }

    @Test
    void aRowThatIsReleasedInTimeIsWaitedFor() throws Exception {
        Connection build = database.connect();
        Stage.execute(database, LOCKED_BY_A_BUILD.formatted("now() at time zone 'UTC'"));
        Thread end = Thread.ofPlatform().start(() -> {
            try (build) {
                stage.awaitLogLine("lock.waiting");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });

        Answer answer = deploy();
        end.join();

        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
    }

    @Test
    void theExtensionSessionlockAndARunExcludeEachOther() throws SQLException {
        try (Connection extension = database.connect()) {
            extension.setClientInfo("ApplicationName", "maven");
            extension
                    .createStatement()
                    .execute("select pg_advisory_lock(%d, %d)"
                            .formatted("databasechangeloglock".hashCode(), "public".hashCode()));

            assertThat(deploy().reason()).satisfies(approved("locks/heldByAnotherRun"));
        }
    }
}
