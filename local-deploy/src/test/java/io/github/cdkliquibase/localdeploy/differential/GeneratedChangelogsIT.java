package io.github.cdkliquibase.localdeploy.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.cloudformation.Answer;
import io.github.cdkliquibase.localdeploy.cloudformation.CustomResource;
import io.github.cdkliquibase.localdeploy.contract.Stage;
import io.github.cdkliquibase.localdeploy.database.TargetDatabase;
import io.github.cdkliquibase.localdeploy.differential.ChangelogDrawer.Drawn;
import io.github.cdkliquibase.localdeploy.differential.CuttingProxy.Event;
import io.github.cdkliquibase.localdeploy.scratch.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Changelogs that are drawn by chance: what plain Liquibase does to a new database undisturbed, the function does in runs
 * that are killed and lose their connections. A changelog that fails is mended and deployed again.
 *
 * <p>{@code -Ddifferential.changelogs} says how many are drawn, {@code -Ddifferential.seed} repeats a run, and with {@code
 * -Ddifferential.only} it is one changelog of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GeneratedChangelogsIT {

    private static final int MOST_DEPLOYS = 8;
    private static final int SHOWN = 12;
    private static final Pattern CHANGESET = Pattern.compile("Changeset '(?<name>[^']+)'");

    private final ExecutorService plainThread = Executors.newSingleThreadExecutor();
    private final ScratchFolder folders = ScratchFolder.create("drawn");
    private Databases databases;
    private PlainLiquibase plain;
    private Stage stage;
    private CuttingProxy proxy;
    private TargetDatabase template;

    /** What plain Liquibase makes of a changelog on a new database. */
    private record Oracle(PlainAnswer answer, DatabaseState state) {}

    /** A changelog, and what plain Liquibase makes of both of its forms. */
    private record Prepared(Drawn drawn, @Nullable Oracle broken, Oracle whole) {}

    /** How a series of deploys ended. */
    private record Ended(Answer answer, DatabaseState state, int deploys, boolean disturbed) {}

    @BeforeAll
    void start() {
        databases = Databases.start();
        plain = PlainLiquibase.start(PlainLiquibase.IN_THE_ZIP);
        stage = Stage.behindProvider(
                settings -> settings.withTimeout(Duration.ofSeconds(12)).withVariable("LC_ALL", "C.UTF-8"));
        proxy = CuttingProxy.before(databases.port());
        template = databases.create();
        databases.execute(template, ChangelogDrawer.TEMPLATE);
    }

    @AfterAll
    void stop() {
        plainThread.shutdownNow();
        stage.close();
        proxy.close();
        plain.close();
        databases.close();
        folders.close();
    }

    @Test
    void theFunctionEndsAsPlainLiquibaseDoesHoweverItIsDisturbed() {
        int count = Integer.getInteger("differential.changelogs", 300);
        long seed = Long.getLong("differential.seed", new Random().nextLong());
        Integer only = Integer.getInteger("differential.only");
        int[] which =
                only != null ? new int[] {only} : IntStream.range(0, count).toArray();
        List<String> faults = new ArrayList<>();
        int[] numbers = new int[4];
        long slowest = 0;

        CompletableFuture<Prepared> next = prepare(seed, which[0]);
        for (int i = 0; i < which.length; i++) {
            Prepared prepared = next.join();
            next = i + 1 < which.length ? prepare(seed, which[i + 1]) : next;
            long began = System.nanoTime();
            String fault = fault(prepared, numbers);
            long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
            slowest = Math.max(slowest, millis);
            if (!fault.isEmpty()) {
                faults.add("Changelog %d of seed %d (%d ms), disturbed by %s and later by %s: %s%n%s%s"
                        .formatted(
                                which[i],
                                seed,
                                millis,
                                prepared.drawn().events(),
                                prepared.drawn().later(),
                                fault,
                                Optional.ofNullable(prepared.drawn().broken())
                                        .map(broken -> broken.text() + "\nand mended:\n")
                                        .orElse(""),
                                prepared.drawn().changelog().text()));
            }
        }

        show(
                "%d changelogs with seed %d: %d deploys, %d of them disturbed, %d refused, %d that plain Liquibase cannot apply; the slowest took %d ms"
                        .formatted(which.length, seed, numbers[0], numbers[1], numbers[2], numbers[3], slowest));
        assertThat(faults)
                .as(
                        "%d of %d changelogs with seed %d: %n%s",
                        faults.size(),
                        which.length,
                        seed,
                        String.join("\n", faults.stream().limit(SHOWN).toList()))
                .isEmpty();
    }

    @SuppressWarnings("SystemOut") // the seed is told in any case
    private static void show(String figures) {
        System.out.println(figures);
    }

    private CompletableFuture<Prepared> prepare(long seed, int number) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Drawn drawn = new ChangelogDrawer(new Random(seed * 1_000_003 + number)).draw();
                    DrawnChangelog broken = drawn.broken();
                    return new Prepared(drawn, broken == null ? null : oracle(broken), oracle(drawn.changelog()));
                },
                plainThread);
    }

    private Oracle oracle(DrawnChangelog changelog) {
        TargetDatabase database = databases.copy(template);
        Path folder = folders.resolve("plain");
        write(folder, changelog);
        PlainAnswer answer = plain.update(folder, changelog.file(), database);
        DatabaseState state = databases.state(answer.ok(), database, HistoryTables.DEFAULT);
        databases.drop(database);
        return new Oracle(answer, state);
    }

    private static void write(Path folder, DrawnChangelog changelog) {
        try {
            Path file = folder.resolve(changelog.file());
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, changelog.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What is wrong; empty if nothing.
    private String fault(Prepared prepared, int[] numbers) {
        TargetDatabase database = databases.copy(template);
        CustomResource resource = stage.resource();
        Drawn drawn = prepared.drawn();
        try {
            Oracle broken = prepared.broken();
            DrawnChangelog first = drawn.broken();
            if (broken != null && first != null && !broken.answer().ok()) {
                Ended ended = deployUntilUndisturbed(resource, database, first, drawn.events(), numbers);
                String fault = compared("broken", first, broken, ended, resource, database, numbers);
                if (!fault.isEmpty()) {
                    return fault;
                }
            }
            List<Event> events = broken == null ? drawn.events() : drawn.later();
            Ended ended = deployUntilUndisturbed(resource, database, drawn.changelog(), events, numbers);
            numbers[3] += prepared.whole().answer().ok() ? 0 : 1;
            return compared("whole", drawn.changelog(), prepared.whole(), ended, resource, database, numbers);
        } finally {
            databases.drop(database);
        }
    }

    private Ended deployUntilUndisturbed(
            CustomResource resource,
            TargetDatabase database,
            DrawnChangelog changelog,
            List<Event> events,
            int[] numbers) {
        stage.empty();
        write(stage.changelogs(), changelog);
        proxy.plan(events, new CuttingProxy.Hand() {
            @Override
            public void kill() {
                stage.function.kill();
            }

            @Override
            public void terminate() {
                databases.endSessions(database);
            }
        });
        Answer answer;
        int deploys = 0;
        boolean disturbed = false;
        int before;
        do {
            before = proxy.happened();
            answer = deploy(resource, database, changelog, Map.of());
            numbers[0]++;
            deploys++;
            disturbed |= proxy.happened() > before;
            numbers[1] += proxy.happened() > before ? 1 : 0;
        } while (!answer.succeeded() && proxy.happened() > before && deploys < MOST_DEPLOYS);
        proxy.plan(List.of(), nobody());
        databases.awaitNoSession(database);
        return new Ended(
                answer, databases.state(answer.succeeded(), database, HistoryTables.DEFAULT), deploys, disturbed);
    }

    private static CuttingProxy.Hand nobody() {
        return new CuttingProxy.Hand() {
            @Override
            public void kill() {}

            @Override
            public void terminate() {}
        };
    }

    private Answer deploy(
            CustomResource resource, TargetDatabase database, DrawnChangelog changelog, Map<String, String> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("ChangelogFile", changelog.file());
        Map<String, Object> all = stage.properties(Databases.through(proxy.port(), database), properties);
        return resource.physicalResourceId().isPresent() ? resource.update(all) : resource.create(all);
    }

    private String compared(
            String which,
            DrawnChangelog changelog,
            Oracle oracle,
            Ended ended,
            CustomResource resource,
            TargetDatabase database,
            int[] numbers) {
        String reason = ended.answer().reason();
        String told = "the %s one, after %d deploys; plain said: %s; function said: %s%n"
                .formatted(which, ended.deploys(), oracle.answer().failure(), reason);
        if (oracle.answer().ok() && !ended.answer().succeeded()) {
            if (!reason.contains("RestartChangeset")) {
                return "Only plain Liquibase succeeds: " + told;
            }
            numbers[2]++;
            return restarted(changelog, oracle, ended, resource, database);
        }
        if (!oracle.answer().ok() && !ended.answer().succeeded() && reason.contains("RestartChangeset")) {
            // It was disturbed, and says so, before it came to the statement that fails.
            return "";
        }
        Set<String> reran = changelog.reran();
        Set<String> looking = ended.disturbed() ? changelog.looking() : Set.of();
        DatabaseState expected = oracle.state().overSeveralDeploys(reran, looking);
        DatabaseState actual = ended.state().overSeveralDeploys(reran, looking);
        return expected.differences(actual).isEmpty()
                ? ""
                : "It ends otherwise: " + told + expected.compared("plain", actual, "function");
    }

    // A refusal names the way out. A changeset that may be done twice ends there as with plain Liquibase, or changes
    // nothing. For any other changeset the reason asks the author to undo its statements first, which no test can do.
    private String restarted(
            DrawnChangelog changelog, Oracle oracle, Ended refused, CustomResource resource, TargetDatabase database) {
        Matcher name = CHANGESET.matcher(refused.answer().reason());
        if (!name.find()) {
            return "The refusal names no changeset: " + refused.answer().reason();
        }
        Answer again = deploy(resource, database, changelog, Map.of("RestartChangeset", name.group("name")));
        databases.awaitNoSession(database);
        if (!changelog.isRepeatable(name.group("name"))) {
            return "";
        }
        DatabaseState state = databases.state(again.succeeded(), database, HistoryTables.DEFAULT);
        if (!again.succeeded()) {
            return state.differences(refused.state()).isEmpty()
                    ? ""
                    : "Restarted, it fails (%s) and has changed something: %s"
                            .formatted(again.reason(), state.compared("restarted", refused.state(), "refused"));
        }
        Set<String> reran = changelog.reran();
        Set<String> looking = changelog.looking();
        DatabaseState expected = oracle.state().overSeveralDeploys(reran, looking);
        DatabaseState actual = state.overSeveralDeploys(reran, looking);
        return expected.differences(actual).isEmpty()
                ? ""
                : "Restarted, it ends otherwise: " + expected.compared("plain", actual, "function");
    }
}
