package io.github.cdkliquibase.localdeploy.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.differential.DatabaseState;
import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.SimulatedStack.OnFailure;
import io.github.cdkliquibase.stage.cloudformation.StackRules;
import io.github.cdkliquibase.stage.cloudformation.StackStatus;
import io.github.cdkliquibase.stage.cloudformation.StackTemplate;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.function.FunctionSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * CloudFormation rolls stacks back, and the zip answers. After each rollback these are checked: the answer, the schema and the rows
 * by the catalogs, Liquibase's history, and that the next deploy ends in the state of an undisturbed one.
 *
 * <p>A subclass names the value of {@code OnStackRollback}. Some scenarios have variants, and each subclass plays one of them;
 * {@code -Drollback.all=true} plays them all.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StackRollbackContract {

    static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final boolean ALL_VARIANTS = Boolean.getBoolean("rollback.all");
    private static final String NO_WAY_BACK = "update customer set email = upper(email)";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<MixedChangelog, DatabaseState> undisturbed = new HashMap<>();

    EmbeddedDatabase server;
    Stage stage;

    /** The value of {@code OnStackRollback}. */
    abstract String word();

    /** Whether the rollback of a stack takes the schema back. */
    abstract boolean takesBack();

    /** Lets the function die in the rollback that begins, without an answer; completed when it is dead. */
    abstract CompletableFuture<Void> dieInTheRollback(RollbackScene scene);

    @BeforeAll
    void start() {
        // Otherwise a server that crashes forgets what it has just committed.
        server = EmbeddedDatabase.start(Map.of("synchronous_commit", "on"));
        stage = Stage.behindProvider(StackRollbackContract::settings);
        MixedChangelog.first().install(stage);
        try (EmbeddedDatabase database = server.another()) {
            stage.warmUp(stage.properties(database, Map.of()));
        }
    }

    static FunctionSettings settings(FunctionSettings settings) {
        return settings.withTimeout(TIMEOUT);
    }

    @AfterAll
    void stop() {
        stage.close();
        server.close();
    }

    @AfterEach
    void nothingLeaks() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        opened.clear();
        stage.nothingLeaked();
    }

    RollbackScene scene() {
        return scene(StackRules.USUAL);
    }

    RollbackScene scene(StackRules rules) {
        return scene(stage, rules, Map.of());
    }

    /** A scene whose function does not wait long for the database. */
    RollbackScene sceneWithoutPatience() {
        return scene(stage, StackRules.USUAL, Map.of("ConnectTimeout", "PT2S"));
    }

    RollbackScene scene(Stage function, StackRules rules, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(Map.of("OnStackRollback", word()));
        properties.putAll(more);
        stage.newLogLines();
        RollbackScene scene = new RollbackScene(function, server.another(), rules, properties);
        opened.add(scene);
        return scene;
    }

    /** The changesets that fail, one in each deploy. */
    IntStream places() {
        return takesBack() || ALL_VARIANTS
                ? IntStream.rangeClosed(1, MixedChangelog.SIZE)
                : IntStream.of(1, 6, MixedChangelog.SIZE);
    }

    /** How the event comes again after the function's death. */
    Stream<StackRules.Delivery> deliveries() {
        return variants(StackRules.Delivery.ONCE, StackRules.Delivery.AGAIN_AFTER_DEATH);
    }

    /** What an update after a failed one replaces. */
    Stream<StackRules.Replaced> replaced() {
        return variants(StackRules.Replaced.LAST_SUCCESS, StackRules.Replaced.LAST_ATTEMPT);
    }

    private <T> Stream<T> variants(T whereItStays, T whereItGoesBack) {
        return ALL_VARIANTS
                ? Stream.of(whereItStays, whereItGoesBack)
                : Stream.of(takesBack() ? whereItGoesBack : whereItStays);
    }

    @ParameterizedTest
    @MethodSource("places")
    void theUpdateFailsInAChangeset(int place) {
        RollbackScene scene = scene();
        scene.deployFirst();
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deploy(MixedChangelog.whole().failingAt(place), OnFailure.ROLL_BACK);

        assertTakenBack(scene, before, failed.state(), place - 1);
        assertNextDeployWorks(scene);
    }

    @ParameterizedTest
    @EnumSource
    void anotherResourceFailsAfterTheUpdate(StackRules.Code code) {
        RollbackScene scene = scene(StackRules.USUAL.with(code));
        scene.deployFirst();
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deployBeforeAFailure(MixedChangelog.whole());

        assertTakenBack(scene, before, failed.state(), MixedChangelog.SIZE);
        assertNextDeployWorks(scene);
    }

    @Test
    void anotherResourceFailsAfterAnUpdateThatHadNothingToDo() {
        RollbackScene scene = scene();
        scene.deployFirst();
        DatabaseState before = scene.state();

        scene.deployBeforeAFailure(MixedChangelog.first());

        assertTakenBack(scene, before, before, 0);
        assertNextDeployWorks(scene);
    }

    @Test
    void theUpdateIsRefusedBeforeItRuns() {
        RollbackScene scene = scene();
        scene.deployFirst();
        DatabaseState before = scene.state();

        scene.stack.deploy(
                scene.template(MixedChangelog.whole(), Map.of("LockTimeout", "soon"), false), OnFailure.ROLL_BACK);

        assertTakenBack(scene, before, before, 0);
        assertNextDeployWorks(scene);
    }

    @Test
    void theEventIsDeliveredTwice() {
        RollbackScene scene = scene(StackRules.USUAL.with(StackRules.Delivery.TWICE));
        scene.deployFirst();
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        assertThat(scene.deploy(MixedChangelog.whole().failingAt(5), OnFailure.ROLL_BACK))
                .as(scene.answer().reason())
                .isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);

        List<Answer> answers = scene.stack.lastRequest().answers();
        assertThat(answers).hasSize(2).allSatisfy(answer -> {
            assertAnswered(answer, takesBack() ? 4 : 0);
            assertThat(rollbackReason(answer)).isEmpty();
        });
        scene.assertState(takesBack() ? before : failed.state());
        assertNextDeployWorks(scene);
    }

    @Test
    void theDatabaseIsDown() {
        RollbackScene scene = sceneWithoutPatience();
        scene.deployFirst();
        RollbackScene.AtRollback failed = scene.observeRollback(server::crashServer);

        StackStatus status = scene.deploy(MixedChangelog.whole().failingAt(5), OnFailure.ROLL_BACK);
        server.startServer();

        assertThat(status).as(scene.answer().reason()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertNothingTakenBack(scene, failed.state());
        assertNextDeployWorks(scene);
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void theFunctionIsKilledInTheRollback(StackRules.Delivery delivery) {
        RollbackScene scene = scene(StackRules.USUAL.with(delivery));
        scene.deployFirst();
        DatabaseState before = scene.state();
        List<CompletableFuture<Void>> deaths = new ArrayList<>();
        RollbackScene.AtRollback failed = scene.observeRollback(() -> deaths.add(dieInTheRollback(scene)));

        StackStatus status = scene.deploy(MixedChangelog.whole().failingAt(6), OnFailure.ROLL_BACK);
        deaths.getFirst().join();
        scene.stack.beforeRollback(() -> {});
        if (delivery == StackRules.Delivery.ONCE) {
            assertThat(status).isEqualTo(StackStatus.UPDATE_ROLLBACK_FAILED);
            status = scene.stack.rollBack();
        }

        assertThat(scene.stack.requests().stream()
                        .flatMap(request -> request.answers().stream())
                        .map(answer -> answer.invocation().getClass().getSimpleName()))
                .contains("Exited");
        assertThat(status).as(scene.answer().reason()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        // A request counts what its own deliveries have rolled back.
        assertAnswered(scene.answer(), takesBack() ? delivery == StackRules.Delivery.ONCE ? 3 : 5 : 0);
        assertThat(rollbackReason(scene.answer())).isEmpty();
        scene.assertState(takesBack() ? before : failed.state());
        assertNextDeployWorks(scene);
    }

    @Test
    void severalUpdatesFailInARowAndEachIsRolledBack() {
        RollbackScene scene = scene();
        scene.deployFirst();
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.ROLL_BACK);
        assertTakenBack(scene, before, failed.state(), 3);
        scene.deploy(MixedChangelog.whole().failingAt(7), OnFailure.ROLL_BACK);
        assertTakenBack(scene, before, failed.state(), 6);
        scene.deploy(MixedChangelog.whole().failingAt(2), OnFailure.ROLL_BACK);
        assertTakenBack(scene, before, failed.state(), 1);

        assertNextDeployWorks(scene);
    }

    @Test
    void severalUpdatesFailWithRollbackOffAndAreRolledBackLater() {
        RollbackScene scene = scene();
        scene.deployFirst();
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.STOP);
        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.STOP);
        scene.deploy(MixedChangelog.whole().failingAt(6), OnFailure.STOP);
        scene.stack.rollBack();

        assertTakenBack(scene, before, failed.state(), 5);
        assertNextDeployWorks(scene);
    }

    @ParameterizedTest
    @MethodSource("replaced")
    void theNextDeployComesOnTopOfAFailedOneAndStays(StackRules.Replaced replaced) {
        RollbackScene scene = scene(StackRules.USUAL.with(replaced));
        scene.deployFirst();
        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.STOP);

        scene.deployed(MixedChangelog.whole());

        assertThat(scene.answer().data())
                .containsEntry("StackRollback", "false")
                .containsEntry("AppliedChangesets", "5");
        scene.assertState(undisturbed(MixedChangelog.whole()));

        DatabaseState completed = scene.state();
        MixedChangelog oneMore = MixedChangelog.whole().plus(List.of(ONE_MORE));
        RollbackScene.AtRollback failed = scene.observeRollback();
        scene.deployBeforeAFailure(oneMore);

        assertTakenBack(scene, completed, failed.state(), 1);
        assertNextDeployWorks(scene, oneMore);
    }

    static final String ONE_MORE = """
              - changeSet:
                  id: 9
                  author: ann
                  changes:
                    - addColumn:
                        tableName: customer
                        columns:
                          - column: { name: phone, type: varchar(20) }
            """;

    @ParameterizedTest
    @MethodSource("replaced")
    void theNextDeployComesOnTopOfAFailedOneAndBothAreRolledBack(StackRules.Replaced replaced) {
        RollbackScene scene = scene(StackRules.USUAL.with(replaced));
        scene.deployFirst();
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();
        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.STOP);

        scene.deployBeforeAFailure(MixedChangelog.whole());

        assertTakenBack(scene, before, failed.state(), MixedChangelog.SIZE);
        assertNextDeployWorks(scene);
    }

    @ParameterizedTest
    @MethodSource("replaced")
    void theOldChangelogComesOnTopOfAFailedDeploy(StackRules.Replaced replaced) {
        RollbackScene scene = scene(StackRules.USUAL.with(replaced));
        scene.deployFirst();
        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.STOP);
        DatabaseState failed = scene.state();

        scene.deployed(MixedChangelog.first());

        assertThat(scene.answer().data())
                .containsEntry("StackRollback", "false")
                .containsEntry("AppliedChangesets", "0");
        scene.assertState(failed);
        assertNextDeployWorks(scene);
    }

    /** Stamps of two deploys, one after the other, in different forms. */
    Stream<List<String>> stamps() {
        Instant first = Instant.now().minusSeconds(7_000).truncatedTo(ChronoUnit.SECONDS);
        Instant second = first.plusSeconds(1_800);
        // By its text the first one is the later one.
        List<String> zoneOfTheFirst = List.of(inZone(first, 1), second.toString());
        List<String> zoneOfTheSecond = List.of(first.toString(), inZone(second, -8));
        List<String> nanoseconds = List.of(first.plusNanos(123_456_789).toString(), second.toString());
        // PostgreSQL's type for instants cannot tell them apart.
        List<String> sameMicrosecond = List.of(
                first.plusNanos(1_100).toString(), first.plusNanos(1_900).toString());
        return Stream.concat(variants(zoneOfTheSecond, zoneOfTheFirst), variants(nanoseconds, sameMicrosecond));
    }

    private static String inZone(Instant instant, int hours) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atOffset(ZoneOffset.ofHours(hours)));
    }

    @ParameterizedTest
    @MethodSource("stamps")
    void theStampsHaveAnotherTimeZoneOrPrecision(List<String> stamps) {
        RollbackScene scene = scene();
        scene.stack.deploy(stamped(scene, MixedChangelog.first(), stamps.getFirst()), OnFailure.ROLL_BACK);
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.stack.deploy(stamped(scene, MixedChangelog.whole().failingAt(4), stamps.getLast()), OnFailure.ROLL_BACK);

        assertTakenBack(scene, before, failed.state(), 3);
        assertNextDeployWorks(scene);
    }

    private static StackTemplate stamped(RollbackScene scene, MixedChangelog changelog, String stamp) {
        return scene.template(changelog, Map.of("DeployedAt", stamp), false);
    }

    @Test
    void theClockOfTheMachineThatDeploysIsBehind() {
        RollbackScene scene = scene();
        scene.deployFirst();
        String early = Instant.now().minusSeconds(5_000).toString();

        assertThat(scene.stack.deploy(stamped(scene, MixedChangelog.whole(), early), OnFailure.ROLL_BACK))
                .as(scene.answer().reason())
                .isEqualTo(StackStatus.UPDATE_COMPLETE);

        assertRanForward(scene);
        assertNextDeployWorks(scene);
    }

    // CloudFormation goes back to the later stamp, which looks like a deploy. What the old changelog says is done
    // already.
    @Test
    void theClockIsBehindAndALaterResourceFails() {
        RollbackScene scene = scene();
        scene.deployFirst();
        String early = Instant.now().minusSeconds(5_000).toString();

        scene.stack.deploy(
                scene.template(MixedChangelog.whole(), Map.of("DeployedAt", early), true), OnFailure.ROLL_BACK);

        assertThat(scene.stack.status()).as(scene.answer().reason()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertThat(scene.answer().data())
                .containsEntry("StackRollback", "false")
                .containsEntry("AppliedChangesets", "0");
        scene.assertState(undisturbed(MixedChangelog.whole()));
        assertNextDeployWorks(scene);
    }

    @Test
    void theClockIsBehindAndTheDatabaseIsDown() {
        RollbackScene scene = sceneWithoutPatience();
        scene.deployFirst();
        DatabaseState before = scene.state();
        StackTemplate template = stamped(
                scene, MixedChangelog.whole(), Instant.now().minusSeconds(5_000).toString());
        stage.newLogLines();
        server.crashServer();

        StackStatus status = scene.stack.deploy(template, OnFailure.ROLL_BACK);
        server.startServer();

        assertThat(status).as(scene.answer().reason()).isEqualTo(StackStatus.UPDATE_COMPLETE);
        assertWarned("history.unknown");
        assertNothingTakenBack(scene, before);
        assertNextDeployWorks(scene);
    }

    private void assertRanForward(RollbackScene scene) {
        assertThat(scene.answer().data())
                .containsEntry("StackRollback", "false")
                .containsEntry("AppliedChangesets", String.valueOf(MixedChangelog.SIZE));
        assertWarned("clock.late");
        scene.assertState(undisturbed(MixedChangelog.whole()));
    }

    void assertWarned(String event) {
        assertThat(stage.newLogLines())
                .filteredOn(line -> line.path("event").asText().equals(event))
                .extracting(line -> line.path("level").asText())
                .contains("WARN");
    }

    @Test
    void anotherStackDeploysBetweenTheDeployAndItsRollback() {
        RollbackScene scene = scene();
        scene.deployFirst();
        MixedChangelog others = new MixedChangelog(List.of(ONE_MORE.replace("id: 9", "id: theirs")));
        scene.deployForAnotherStack(others);
        DatabaseState before = scene.state();
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deploy(MixedChangelog.whole().failingAt(4), OnFailure.ROLL_BACK);

        assertTakenBack(scene, before, failed.state(), 3);
        scene.deployed(MixedChangelog.whole());
    }

    @Test
    void aChangesetHasNoWayBack() {
        RollbackScene scene = scene();
        scene.deployFirst();
        MixedChangelog changelog = MixedChangelog.whole().plus("upper", NO_WAY_BACK);
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deployBeforeAFailure(changelog);

        assertThat(scene.stack.status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertNothingTakenBack(scene, failed.state(), "upper");
        assertNextDeployWorks(scene, changelog);
    }

    private static final String HALF_WAY = """
              - changeSet:
                  id: half-way
                  author: ann
                  runInTransaction: false
                  changes:
                    - sql: { sql: "create table half (id int)" }
                    - sql: { sql: "insert into gate values (1)" }
                  rollback:
                    - sql: { sql: "drop table half" }
            """;

    // It is not in Liquibase's history, so a rollback has nothing to undo. The next deploy goes on with its second
    // statement.
    @Test
    void aChangesetOutsideATransactionStopsHalfWay() {
        RollbackScene scene = scene();
        scene.deployFirst();
        MixedChangelog changelog = MixedChangelog.first().plus(List.of(HALF_WAY));
        RollbackScene.AtRollback failed = scene.observeRollback();

        scene.deploy(changelog, OnFailure.ROLL_BACK);

        assertThat(scene.stack.status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertNothingTakenBack(scene, failed.state(), "half-way");
        Stage.execute(scene.database, "create table gate (id int)");
        scene.deployed(changelog);
        assertThat(Stage.query(scene.database, "select count(*) from gate")).isEqualTo("1");
    }

    void assertTakenBack(RollbackScene scene, DatabaseState before, DatabaseState failed, int changesets) {
        assertThat(scene.stack.status()).as(scene.answer().reason()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
        assertAnswered(scene.answer(), takesBack() ? changesets : 0);
        assertThat(rollbackReason(scene.answer())).isEmpty();
        scene.assertState(takesBack() ? before : failed);
    }

    /** Nothing was undone, and the answer says why if something was to be undone. */
    void assertNothingTakenBack(RollbackScene scene, DatabaseState failed, String... reason) {
        assertAnswered(scene.answer(), 0);
        if (takesBack()) {
            assertThat(rollbackReason(scene.answer())).isNotEmpty();
            for (String part : reason) {
                assertThat(rollbackReason(scene.answer())).contains(part);
            }
        } else {
            assertThat(rollbackReason(scene.answer())).isEmpty();
        }
        scene.assertState(failed);
    }

    private void assertAnswered(Answer answer, int changesets) {
        assertThat(answer.succeeded()).as(answer.reason()).isTrue();
        assertThat(answer.data()).containsEntry("StackRollback", "true").containsEntry("AppliedChangesets", "0");
        assertThat(answer.data().getOrDefault("RolledBackChangesets", "0"))
                .as("RolledBackChangesets, RollbackReason '%s'", rollbackReason(answer))
                .isEqualTo(String.valueOf(changesets));
    }

    static String rollbackReason(Answer answer) {
        return answer.data().getOrDefault("RollbackReason", "");
    }

    void assertNextDeployWorks(RollbackScene scene) {
        assertNextDeployWorks(scene, MixedChangelog.whole());
    }

    void assertNextDeployWorks(RollbackScene scene, MixedChangelog changelog) {
        scene.deployed(changelog);
        assertThat(scene.answer().data()).containsEntry("StackRollback", "false");
        scene.assertStateButForPlaces(undisturbed(changelog));
    }

    /** The state after an undisturbed deploy of the first changelog and of this one. */
    DatabaseState undisturbed(MixedChangelog changelog) {
        DatabaseState known = undisturbed.get(changelog);
        if (known == null) {
            RollbackScene scene = scene();
            scene.deployFirst();
            scene.deployed(changelog);
            known = scene.state();
            undisturbed.put(changelog, known);
        }
        return known;
    }
}
