package io.github.cdkliquibase.localdeploy.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.localdeploy.differential.ChangelogDrawer.Drawn;
import io.github.cdkliquibase.localdeploy.differential.DrawnChangelogPlayer.Figures;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Changelogs that are drawn by chance: what plain Liquibase does to a new database undisturbed, the function does in runs
 * that are killed and lose their connections. A changelog that fails is mended and deployed again.
 *
 * <p>{@code -Ddifferential.changelogs} says how many are drawn, {@code -Ddifferential.seed} repeats a run, and with {@code
 * -Ddifferential.only} it is one changelog of it.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GeneratedChangelogsIT {

    /** A deploy is mostly a conversation between two processes that wait for each other. */
    private static final int PLAYERS = 3;

    private static final int SHOWN = 12;

    private final Queue<DrawnChangelogPlayer> players = new ConcurrentLinkedQueue<>();
    private Databases databases;

    @BeforeAll
    void start() {
        databases = Databases.start();
        TargetDatabase template = databases.create();
        databases.execute(template, ChangelogDrawer.TEMPLATE);
        IntStream.range(0, PLAYERS).forEach(i -> players.add(new DrawnChangelogPlayer(databases, template)));
    }

    @AfterAll
    void stop() {
        players.forEach(DrawnChangelogPlayer::close);
        databases.close();
    }

    @Test
    void theFunctionEndsAsPlainLiquibaseDoesHoweverItIsDisturbed() {
        int count = Integer.getInteger("differential.changelogs", 300);
        long seed = Long.getLong("differential.seed", new Random().nextLong());
        Integer only = Integer.getInteger("differential.only");
        List<Integer> which =
                only != null ? List.of(only) : IntStream.range(0, count).boxed().toList();

        List<String> faults;
        try (ExecutorService threads = Executors.newFixedThreadPool(PLAYERS)) {
            List<CompletableFuture<String>> played = which.stream()
                    .map(number -> CompletableFuture.supplyAsync(() -> fault(seed, number), threads))
                    .toList();
            faults = played.stream()
                    .map(CompletableFuture::join)
                    .filter(fault -> !fault.isEmpty())
                    .toList();
        }

        Figures figures = new Figures();
        players.forEach(player -> figures.add(player.figures()));
        show("%d changelogs with seed %d: %s".formatted(which.size(), seed, figures));
        assertThat(faults)
                .as(
                        "%d of %d changelogs with seed %d: %n%s",
                        faults.size(),
                        which.size(),
                        seed,
                        String.join("\n", faults.stream().limit(SHOWN).toList()))
                .isEmpty();
    }

    @SuppressWarnings("SystemOut") // the seed is told in any case
    private static void show(String figures) {
        System.out.println(figures);
    }

    // Describes the difference, with the seed, the events and the changelog; empty if there is none.
    private String fault(long seed, int number) {
        Drawn drawn = new ChangelogDrawer(new Random(seed * 1_000_003 + number)).draw();
        DrawnChangelogPlayer player = players.remove();
        try {
            long began = System.nanoTime();
            String fault = player.play(drawn);
            if (fault.isEmpty()) {
                return "";
            }
            return "Changelog %d of seed %d (%d ms), disturbed by %s and later by %s: %s%n%s%s"
                    .formatted(
                            number,
                            seed,
                            Duration.ofNanos(System.nanoTime() - began).toMillis(),
                            drawn.events(),
                            drawn.later(),
                            fault,
                            Optional.ofNullable(drawn.broken())
                                    .map(broken -> broken.text() + "\nand mended:\n")
                                    .orElse(""),
                            drawn.changelog().text());
        } finally {
            players.add(player);
        }
    }
}
