package io.github.cdkliquibase.benchmark.contestant;

import io.github.cdkliquibase.benchmark.machine.PeakMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that is no function. Its output goes to a file, as that of the functions does.
 *
 * @param log the file, anew for each run
 */
record BareProcess(Path log) {

    private static final int POLL_MILLIS = 10;
    private static final int LAST_LINES = 15;

    /** Runs a command to its end, with these variables and no others of the person. */
    Reading run(List<String> launcher, List<String> command, Map<String, String> variables) {
        List<String> words = new ArrayList<>(launcher);
        words.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(environment(variables));
        try {
            long started = System.nanoTime();
            Process process = builder.start();
            long peak = awaitEnd(process);
            Duration time = Duration.ofNanos(System.nanoTime() - started);
            if (process.exitValue() != 0) {
                throw new ContestantFailedException(
                        "It ended with %d:%n%s".formatted(process.exitValue(), lastWords()));
            }
            return new Reading(time, peak);
        } catch (IOException e) {
            throw new UncheckedIOException("The process could not be started", e);
        }
    }

    private static Map<String, String> environment(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin");
        environment.put("LANG", "en_US.UTF-8");
        environment.put("TZ", ":UTC");
        environment.putAll(variables);
        return environment;
    }

    // The mark only rises, so the last look at it before the end misses little.
    private static long awaitEnd(Process process) {
        try {
            long peak = 0;
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, PeakMemory.ofProcess(process.pid()).orElse(0));
            }
            return peak;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a contestant ran", e);
        }
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
