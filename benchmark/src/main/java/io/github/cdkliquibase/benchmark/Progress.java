package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.contestant.Contestant;
import io.github.cdkliquibase.benchmark.contestant.ContestantFailedException;
import io.github.cdkliquibase.benchmark.report.Report;
import io.github.cdkliquibase.benchmark.report.Results;
import io.github.cdkliquibase.benchmark.report.Tables;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Tells the person how far a run is, and writes the report anew after each scenario, so that a run may be ended early. */
final class Progress {

    private static final double MILLIS_A_SECOND = 1000;

    private final PrintWriter out;
    private final Results results;
    private final List<Contestant> contestants;
    private final Report report;
    private final List<String> conditions;
    private final long started = System.nanoTime();

    Progress(PrintWriter out, Results results, List<Contestant> contestants, Report report, List<String> conditions) {
        this.out = out;
        this.results = results;
        this.contestants = List.copyOf(contestants);
        this.report = report;
        this.conditions = List.copyOf(conditions);
    }

    void begins(int scenarios) {
        conditions.forEach(out::println);
        out.printf("%n%d scenarios%n", scenarios);
    }

    void measured(Scenario scenario) {
        StringBuilder line = new StringBuilder(scenario.title()).append(':');
        for (Contestant contestant : contestants) {
            OptionalDouble median = results.medianSeconds(scenario, contestant.name());
            if (median.isPresent()) {
                line.append(String.format(Locale.ROOT, "  %s %.2f s", contestant.name(), median.getAsDouble()));
            }
        }
        out.printf("%s  (after %s)%n", line, elapsed());
        report.write(results, contestants, conditions);
    }

    void failed(Scenario scenario, Contestant contestant, ContestantFailedException failure) {
        out.printf("%s: %s failed. %s%n", scenario.title(), contestant.name(), failure.getMessage());
    }

    void ends() {
        Tables tables = new Tables(results, contestants);
        for (String table : List.of(tables.times(), tables.ratios(), tables.roundTrips(), tables.memory())) {
            out.println();
            out.print(table);
        }
        out.printf("%nWritten to '%s' after %s%n", report.folder(), elapsed());
    }

    private String elapsed() {
        Duration time = Duration.ofNanos(System.nanoTime() - started);
        return String.format(
                Locale.ROOT, "%d min %.0f s", time.toMinutes(), time.toMillis() % 60_000 / MILLIS_A_SECOND);
    }
}
