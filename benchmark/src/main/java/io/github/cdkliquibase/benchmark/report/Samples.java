package io.github.cdkliquibase.benchmark.report;

import io.github.cdkliquibase.benchmark.report.Results.Sample;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.util.Locale;
import java.util.stream.Collectors;

/** Each run as a line of comma-separated values. */
final class Samples {

    private static final String HEAD =
            "kind,changesets,format,added_millis,memory,access,contestant,round,seconds,peak_kib\n";

    private Samples() {}

    static String of(Results results) {
        return results.samples().stream().map(Samples::line).collect(Collectors.joining("", HEAD, ""));
    }

    private static String line(Sample sample) {
        Scenario scenario = sample.scenario();
        return String.format(
                Locale.ROOT,
                "%s,%d,%s,%d,%s,%s,%s,%d,%.4f,%d\n",
                scenario.kind(),
                scenario.changesets(),
                scenario.format(),
                scenario.addedMillis(),
                scenario.memory(),
                scenario.access(),
                sample.contestant(),
                sample.round(),
                sample.seconds(),
                sample.reading().peakKibibytes());
    }
}
