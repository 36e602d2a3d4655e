package io.github.cdkliquibase.localdeploy.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdkliquibase.stage.cloudformation.Answer;
import io.github.cdkliquibase.stage.cloudformation.CustomResource;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import io.github.cdkliquibase.stage.database.TargetDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A function that stays warm for hundreds of deploys keeps nothing of them. */
@Tag("slow")
@Isolated("It looks for the one process of its function.")
final class SoakIT {

    /** At least 200: a fifth of them is what the function needs to become warm. */
    private static final int DEPLOYS = Integer.getInteger("soak.deploys", 500);

    /** What the heap and the classes may grow by, all in all: the JVM goes on to link code that it has not needed before. */
    private static final long KILOBYTES = 512;

    /** The same of the whole process, where the collector lets the heap grow as it likes. */
    private static final double SHARE = 0.1;

    /** Threads and files: the JVM starts some of its own when it likes. */
    private static final int FEW = 2;

    /** What a process holds at a moment. */
    private record Sample(long residentKilobytes, long threads, long files) {

        static Sample of(ProcessHandle process) throws IOException {
            Path folder = Path.of("/proc", Long.toString(process.pid()));
            String status = Files.readString(folder.resolve("status"));
            try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
                return new Sample(
                        number(status, "VmRSS:\\s+(\\d+) kB"), number(status, "Threads:\\s+(\\d+)"), files.count());
            }
        }
    }

    /** What lives after a full collection, in kilobytes. */
    private record Heap(long used, long metaspace) {

        private static final Pattern HISTOGRAM_ROW = Pattern.compile(" *\\d+: +\\d+ +(?<bytes>\\d+) .*");

        // The histogram of what lives begins with a full collection, which brings the counter up to date too. The
        // collector's own fillers of the gaps that it leaves are in it.
        static Heap of(ProcessHandle process) throws IOException, InterruptedException {
            long objects = jcmd(process, "GC.class_histogram")
                    .lines()
                    .filter(line -> !line.contains("jdk.internal.vm.Filler"))
                    .map(HISTOGRAM_ROW::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(row -> Long.parseLong(row.group("bytes")))
                    .sum();
            String counters = jcmd(process, "PerfCounter.print");
            return new Heap(objects / 1024, number(counters, "sun\\.gc\\.metaspace\\.used=(\\d+)") / 1024);
        }

        private static String jcmd(ProcessHandle process, String command) throws IOException, InterruptedException {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(process.pid()),
                            command)
                    .redirectErrorStream(true)
                    .start();
            String said = jcmd.inputReader().lines().reduce("", (before, line) -> before + line + "\n");
            assertThat(jcmd.waitFor()).as(said).isZero();
            return said;
        }
    }

    @Test
    void hundredsOfDeploysLeaveNoMemoryThreadsFilesOrConnectionsBehind() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start();
                Connection observer = database.connect();
                Stage stage = Stage.behindProvider(settings -> settings.withMemory(512))) {
            CustomResource resource = stage.resource();
            stage.sql("--changeset ann:first\ncreate table ran (deploy int);\n");
            assertThat(resource.create(stage.properties(database, Map.of())).succeeded())
                    .isTrue();
            ProcessHandle process = functionProcess();
            List<Sample> samples = new ArrayList<>();
            Heap early = null;
            long start = System.nanoTime();

            for (int deploy = 1; deploy <= DEPLOYS; deploy++) {
                deploy(deploy, stage, resource, database);
                Stage.await("no session of the function is left", () -> sessions(observer) == 0);
                samples.add(Sample.of(process));
                if (deploy == DEPLOYS / 5) {
                    early = Heap.of(process);
                }
            }

            Duration time = Duration.ofNanos(System.nanoTime() - start);
            Heap late = Heap.of(process);
            List<Sample> first = samples.subList(DEPLOYS / 5, DEPLOYS / 10 * 3);
            List<Sample> last = samples.subList(DEPLOYS / 10 * 9, DEPLOYS);
            report(first, last, Objects.requireNonNull(early), late, time);
            assertThat(stage.function.coldStarts()).isEqualTo(1);
            assertThat(Stage.query(database, "select count(*) from ran")).isEqualTo(String.valueOf(1 + DEPLOYS / 5));
            assertThat(late.used() - early.used())
                    .as("growth of the heap in kB")
                    .isLessThan(KILOBYTES);
            assertThat(late.metaspace() - early.metaspace())
                    .as("growth of the classes in kB")
                    .isLessThan(KILOBYTES);
            assertThat((double) median(last, Sample::residentKilobytes))
                    .as("resident memory in kB")
                    .isLessThan(median(first, Sample::residentKilobytes) * (1 + SHARE));
            assertThat(median(last, Sample::threads))
                    .as("threads")
                    .isLessThanOrEqualTo(median(first, Sample::threads) + FEW);
            assertThat(median(last, Sample::files))
                    .as("open files")
                    .isLessThanOrEqualTo(median(first, Sample::files) + FEW);
            stage.nothingLeaked();
        }
    }

    // Of ten deploys two bring a changeset in a folder that is new, three fail in different ways, and five find
    // nothing.
    private static void deploy(int deploy, Stage stage, CustomResource resource, TargetDatabase database) {
        int newest = deploy / 5 * 5;
        String changesets = "--changeset ann:%1$d\ninsert into ran values (%1$d);\n".formatted(newest);
        Map<String, Object> properties = stage.properties(database, Map.of());
        switch (deploy % 10) {
            case 0, 5 -> {
                stage.empty().sql(changesets);
                Map<String, Object> again = stage.properties(database, Map.of());
                assertThat(resource.update(again).data()).containsEntry("AppliedChangesets", "1");
            }
            case 3 -> {
                stage.sql(changesets + "--changeset ann:failing\nselect nonsense;\n");
                assertThat(resource.update(properties).reason())
                        .startsWith("Changeset 'db/changelog/changes.sql::failing");
            }
            case 7 -> {
                stage.file(Stage.MASTER, "databaseChangeLog:\n  - changeSet: {id: 1, author\n");
                assertThat(resource.update(properties).reason()).contains("could not be read");
            }
            case 9 -> {
                properties.put(
                        "SecretArn",
                        stage.secrets.put("wrong", database.secret().replace(database.password(), "x")));
                assertThat(resource.update(properties).reason()).contains("SQLSTATE 28P01");
            }
            default -> {
                stage.sql(changesets);
                Answer answer = resource.update(properties);
                assertThat(answer.succeeded()).as(answer.reason()).isTrue();
            }
        }
    }

    // The only Java process that this JVM has started and that is still there.
    private static ProcessHandle functionProcess() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("/java"))
                .reduce((one, other) -> {
                    throw new AssertionError("More than one: " + one.info() + ", " + other.info());
                })
                .orElseThrow();
    }

    // The server's process ends a moment after the client has gone.
    private static int sessions(Connection observer) {
        try (Statement statement = observer.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*) from pg_stat_activity where application_name = 'cdk-liquibase'")) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> figure) {
        return samples.stream()
                .mapToLong(figure)
                .sorted()
                .skip(samples.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    private static long number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static void report(List<Sample> first, List<Sample> last, Heap early, Heap late, Duration time) {
        Figures.show(String.format(
                Locale.ROOT,
                "%d deploys in %.1f s: resident %.1f MB after a fifth of them, %.1f MB at the end; heap after"
                        + " a collection %.2f MB, %.2f MB; metaspace %.2f MB, %.2f MB; threads %d, %d; open files %d, %d",
                DEPLOYS,
                time.toMillis() / 1e3,
                median(first, Sample::residentKilobytes) / 1024.0,
                median(last, Sample::residentKilobytes) / 1024.0,
                early.used() / 1024.0,
                late.used() / 1024.0,
                early.metaspace() / 1024.0,
                late.metaspace() / 1024.0,
                median(first, Sample::threads),
                median(last, Sample::threads),
                median(first, Sample::files),
                median(last, Sample::files)));
    }
}
