package io.github.cdkliquibase.benchmark.report;

import io.github.cdkliquibase.benchmark.contestant.Contestant;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** The plots of the results under the plain conditions: one for each kind of deploy and each format. */
final class Plots {

    private final Results results;
    private final List<Contestant> contestants;

    Plots(Results results, List<Contestant> contestants) {
        this.results = results;
        this.contestants = List.copyOf(contestants);
    }

    /** The plots by the names of their files. */
    Map<String, String> svg() {
        Map<String, String> plots = new LinkedHashMap<>();
        for (Format format : Format.values()) {
            for (Kind kind : Kind.values()) {
                List<Scenario> scenarios = results.scenarios().stream()
                        .filter(each -> each.isPlain() && each.kind() == kind && each.format() == format)
                        .sorted(Comparator.comparingInt(Scenario::changesets))
                        .toList();
                List<Series> series = series(scenarios);
                if (!series.isEmpty()) {
                    plots.put(
                            "%s-%s.svg".formatted(kind, format),
                            plot(kind, format, series).svg());
                }
            }
        }
        return plots;
    }

    private List<Series> series(List<Scenario> scenarios) {
        List<Series> series = new ArrayList<>();
        for (Contestant contestant : contestants) {
            List<Series.Point> points = new ArrayList<>();
            for (Scenario scenario : scenarios) {
                OptionalDouble seconds = results.medianSeconds(scenario, contestant.name());
                seconds.ifPresent(value -> points.add(new Series.Point(scenario.changesets(), value)));
            }
            if (!points.isEmpty()) {
                series.add(new Series(contestant.title(), contestants.indexOf(contestant), points));
            }
        }
        return series;
    }

    private static LinePlot plot(Kind kind, Format format, List<Series> series) {
        String title = switch (kind) {
            case FRESH -> "Deploy onto an empty database, %s";
            case NO_OP -> "Deploy with nothing to do, %s";
            case ONE_MORE -> "Deploy with one new changeset, %s";
        };
        List<Double> named = series.stream()
                .flatMap(each -> each.points().stream())
                .map(Series.Point::x)
                .distinct()
                .sorted()
                .toList();
        double least = seconds(series).min().orElseThrow();
        double most = seconds(series).max().orElseThrow();
        return new LinePlot(
                String.format(Locale.ROOT, title, format.toString().toUpperCase(Locale.ROOT)),
                kind == Kind.FRESH ? "changesets (logarithmic)" : "changesets applied before (logarithmic)",
                kind == Kind.FRESH ? "seconds, median (logarithmic)" : "seconds, median",
                Axis.logarithmic(named.getFirst(), named.getLast()),
                kind == Kind.FRESH ? Axis.logarithmic(least, most) : Axis.linear(most),
                named,
                series);
    }

    private static DoubleStream seconds(List<Series> series) {
        return series.stream().flatMap(each -> each.points().stream()).mapToDouble(Series.Point::y);
    }
}
