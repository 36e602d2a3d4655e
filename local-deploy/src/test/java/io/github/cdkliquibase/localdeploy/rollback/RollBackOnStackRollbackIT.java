package io.github.cdkliquibase.localdeploy.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.differential.DatabaseState;
import io.github.cdkliquibase.stage.cloudformation.SimulatedStack.OnFailure;
import io.github.cdkliquibase.stage.cloudformation.StackRules;
import io.github.cdkliquibase.stage.cloudformation.StackStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With {@code OnStackRollback: ROLLBACK} the changesets of the deploys that are undone are rolled back. */
final class RollBackOnStackRollbackIT extends StackRollbackContract {

    private static final String APPLICATION_WRITES = "insert into invoice values (12, 2, 10)";

    private static final String SLEEPS = "select exists (select from pg_stat_activity where wait_event = 'PgSleep')";

    @Override
    String word() {
        return "ROLLBACK";
    }

    @Override
    boolean takesBack() {
        return true;
    }

    // In the middle: two changesets are undone by then.
    @Override
    CompletableFuture<Void> dieInTheRollback(RollbackScene scene) {
        return dieAt("3", scene);
    }

    // Stops a rollback at one changeset, but not its trial: there the steps before are of the same transaction.
    private static void stopAt(String changeset, Connection connection) {
        execute(connection, """
                create function stop_here() returns trigger language plpgsql as $f$ begin
                  if exists (select from databasechangelogwaysback w
                      where w.undone_by is not null and w.xmin::text <> (txid_current() %% 4294967296)::text) then
                    perform pg_sleep(600);
                  end if;
                  return old;
                end $f$;
                create trigger stop_here before delete on databasechangelog for each row when (old.id = '%s')
                  execute function stop_here()
                """.formatted(changeset));
    }

    private CompletableFuture<Void> dieAt(String changeset, RollbackScene scene) {
        Connection other = connect(scene);
        stopAt(changeset, other);
        return CompletableFuture.runAsync(() -> {
            try {
                Stage.await("the rollback has stopped", () -> "t".equals(Stage.query(scene.database, SLEEPS)));
                assertThat(
                                Stage.query(
                                        scene.database,
                                        "select max(id) from databasechangelog where id in ('1', '2', '3', '4', '5', '6', '7', '8')"))
                        .isEqualTo(changeset);
            } finally {
                stage.function.kill();
                execute(other, "drop trigger stop_here on databasechangelog; drop function stop_here()");
                close(other);
            }
        });
    }

    private static Connection connect(RollbackScene scene) {
        try {
            return scene.database.connect();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError("Statement failed: " + sql, e);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    // Its index is dropped outside a transaction, so the statement is done before the row in the history goes.
    @Test
    void theFunctionIsKilledBetweenAStatementAloneAndItsRow() {
        RollbackScene scene = scene(StackRules.USUAL.with(StackRules.Delivery.AGAIN_AFTER_DEATH));
        scene.deployFirst();
        DatabaseState before = scene.state();
        List<CompletableFuture<Void>> deaths = new ArrayList<>();
        RollbackScene.AtRollback failed = scene.observeRollback(() -> deaths.add(dieAt("6", scene)));

        scene.deployBeforeAFailure(MixedChangelog.whole());

        deaths.getFirst().join();
        assertThat(scene.stack.lastRequest().answers()).hasSize(2);
        assertTakenBack(scene, before, failed.state(), MixedChangelog.SIZE);
        assertNextDeployWorks(scene);
    }

    // The rollback was missed while the database was down. The next one goes back to the same deploy, and makes up for
    // it.
    @Test
    void aMissedRollbackIsMadeUpForByTheNextOne() {
        RollbackScene scene = sceneWithoutPatience();
        scene.deployFirst();
        DatabaseState before = scene.state();
        scene.observeRollback(server::crashServer);
        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.ROLL_BACK);
        server.startServer();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deploy(MixedChangelog.whole().failingAt(7), OnFailure.ROLL_BACK);

        assertTakenBack(scene, before, failed.state(), 6);
        assertNextDeployWorks(scene);
    }

    // The failed deploy has a later stamp than the success after it: the clocks of two machines differ.
    @Test
    void aDeployThatALaterSuccessCompletedStaysWhateverItsStampSays() {
        RollbackScene scene = scene(StackRules.USUAL.with(StackRules.Replaced.LAST_ATTEMPT));
        scene.deployFirst();
        String ahead = Instant.now().plusSeconds(1_800).toString();
        scene.stack.deploy(
                scene.template(MixedChangelog.whole().failingAt(4), Map.of("DeployedAt", ahead), false),
                OnFailure.STOP);
        scene.deployed(MixedChangelog.whole());
        assertWarned("clock.late");
        DatabaseState completed = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();
        MixedChangelog oneMore = MixedChangelog.whole().plus(List.of(ONE_MORE));

        scene.deployBeforeAFailure(oneMore);

        assertTakenBack(scene, completed, failed.state(), 1);
        assertNextDeployWorks(scene, oneMore);
    }

    @ParameterizedTest
    @CsvSource({"KEEP, ROLLBACK, false", "ROLLBACK, KEEP, true"})
    void theWordOfTheDeployThatIsGoneBackToCounts(String old, String next, boolean takenBack) {
        RollbackScene scene = scene();
        scene.stack.deploy(
                scene.template(MixedChangelog.first(), Map.of("OnStackRollback", old), false), OnFailure.ROLL_BACK);
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.stack.deploy(
                scene.template(MixedChangelog.whole().failingAt(4), Map.of("OnStackRollback", next), false),
                OnFailure.ROLL_BACK);

        assertThat(scene.stack.status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        scene.assertState(takenBack ? before : failed.state());
        assertNextDeployWorks(scene);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "insert into invoice values (12, 2, 10) | invoice",
                "update customer set email = 'cid@example.com' where id = 1 | email"
            })
    void rowsThatTheApplicationHasWrittenMeanwhileAreNotLost(String write, String named) {
        RollbackScene scene = scene();
        scene.deployFirst();
        RollbackScene.AtRollback failed = scene.observeRollbackAfter(() -> Stage.execute(scene.database, write));

        scene.deployBeforeAFailure(MixedChangelog.whole());

        assertThat(scene.stack.status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertNothingTakenBack(scene, failed.state(), named);
        scene.deployed(MixedChangelog.whole());
        scene.assertState(failed.state());
    }

    @Test
    void rowsThatTheApplicationHasWrittenIntoAnOldTableStay() {
        RollbackScene scene = scene();
        scene.deployFirst();
        scene.stack.beforeRollback(
                () -> Stage.execute(scene.database, "insert into customer (id, full_name) values (3, 'Cid')"));

        scene.deployBeforeAFailure(MixedChangelog.whole());

        assertThat(rollbackReason(scene.answer())).isEmpty();
        assertThat(scene.answer().data()).containsEntry("RolledBackChangesets", String.valueOf(MixedChangelog.SIZE));
        assertThat(Stage.query(scene.database, "select string_agg(name, ' ' order by id) from customer"))
                .isEqualTo("Ann Bob Cid");
    }

    @Test
    void rowsThatTheApplicationHasWrittenMeanwhileAreDroppedWhereThatIsAllowed() {
        RollbackScene scene = scene(stage, StackRules.USUAL, Map.of("RollbackDataLoss", "ALLOW"));
        scene.deployFirst();
        DatabaseState before = scene.state();
        scene.stack.beforeRollback(() -> Stage.execute(scene.database, APPLICATION_WRITES));

        scene.deployBeforeAFailure(MixedChangelog.whole());

        assertTakenBack(scene, before, before, MixedChangelog.SIZE);
        assertNextDeployWorks(scene);
    }
}
