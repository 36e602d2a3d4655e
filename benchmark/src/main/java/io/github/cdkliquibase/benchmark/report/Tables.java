package io.github.cdkliquibase.benchmark.report;

import io.github.cdkliquibase.benchmark.contestant.Contestant;
import io.github.cdkliquibase.benchmark.contestant.LineUp;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;

/** The results as tables: a row for each scenario, a column for each contestant. */
public final class Tables {

    private static final double KIBIBYTES_A_MEBIBYTE = 1024;

    private final Results results;
    private final List<Contestant> contestants;

    /** Tables of results, with columns in the order of the contestants. */
    public Tables(Results results, List<Contestant> contestants) {
        this.results = results;
        this.contestants = List.copyOf(contestants);
    }

    /** Medians of the times, in Markdown. */
    public String times() {
        return table("median of the time", this::time);
    }

    /** How long our zip takes, compared with each other contestant, in Markdown. */
    public String ratios() {
        return table("our zip ÷ the other, median (least to most) of the pairs", this::ratio);
    }

    /** Round trips after the login, in Markdown. */
    public String roundTrips() {
        return table("round trips after the login; of a fresh database for each changeset", this::trips);
    }

    /** The most memory, in Markdown. */
    public String memory() {
        return table("peak of the memory, the most of all runs", this::peak);
    }

    private String table(String corner, BiFunction<Scenario, String, String> cell) {
        List<String> head = new ArrayList<>(List.of(corner));
        contestants.forEach(contestant -> head.add(contestant.title()));
        List<List<String>> rows = results.scenarios().stream()
                .map(scenario -> row(scenario, cell))
                .toList();
        return new Table(head, rows).withoutEmpty().markdown();
    }

    private List<String> row(Scenario scenario, BiFunction<Scenario, String, String> cell) {
        List<String> row = new ArrayList<>(List.of(scenario.title()));
        contestants.forEach(contestant -> row.add(cell.apply(scenario, contestant.name())));
        return row;
    }

    private String time(Scenario scenario, String contestant) {
        if (results.failed(scenario, contestant)) {
            return "failed";
        }
        OptionalDouble median = results.medianSeconds(scenario, contestant);
        return median.isEmpty() ? "" : seconds(median.getAsDouble());
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f s" : "%.1f s", value);
    }

    private String ratio(Scenario scenario, String contestant) {
        if (contestant.equals(LineUp.ZIP)) {
            return "";
        }
        double[] ratios = results.ratios(scenario, LineUp.ZIP, contestant);
        OptionalDouble median = Statistics.median(DoubleStream.of(ratios));
        return median.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%.2f (%.2f–%.2f)",
                        median.getAsDouble(),
                        Arrays.stream(ratios).min().orElseThrow(),
                        Arrays.stream(ratios).max().orElseThrow());
    }

    private String trips(Scenario scenario, String contestant) {
        OptionalLong trips = results.roundTrips(scenario, contestant);
        if (trips.isEmpty()) {
            return "";
        }
        return scenario.kind() == Kind.FRESH
                ? String.format(Locale.ROOT, "%.2f", (double) trips.getAsLong() / scenario.changesets())
                : Long.toString(trips.getAsLong());
    }

    private String peak(Scenario scenario, String contestant) {
        OptionalLong peak = results.peakKibibytes(scenario, contestant);
        return peak.isEmpty() ? "" : Math.round(peak.getAsLong() / KIBIBYTES_A_MEBIBYTE) + " MiB";
    }
}
