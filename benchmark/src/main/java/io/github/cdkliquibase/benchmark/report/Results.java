package io.github.cdkliquibase.benchmark.report;

import io.github.cdkliquibase.benchmark.contestant.Reading;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The runs so far. Contestants go by their names. */
public final class Results {

    private static final double NANOS_A_SECOND = 1e9;

    private final List<Sample> samples = new ArrayList<>();
    private final Set<Scenario> scenarios = new LinkedHashSet<>();
    private final Map<Entry, Long> roundTrips = new HashMap<>();
    private final Set<Entry> failures = new HashSet<>();

    /** One contestant in one scenario. */
    private record Entry(Scenario scenario, String contestant) {}

    /**
     * One run.
     *
     * @param round in which round of runs; those of one round are a pair
     */
    public record Sample(Scenario scenario, String contestant, int round, Reading reading) {

        double seconds() {
            return reading.time().toNanos() / NANOS_A_SECOND;
        }
    }

    /** Adds a run. */
    public void add(Sample sample) {
        scenarios.add(sample.scenario());
        samples.add(sample);
    }

    /** Notes how often a contestant waited for the server in one run, without the login. */
    public void count(Scenario scenario, String contestant, long trips) {
        scenarios.add(scenario);
        roundTrips.put(new Entry(scenario, contestant), trips);
    }

    /** Notes that a contestant failed in a scenario. */
    public void fail(Scenario scenario, String contestant) {
        scenarios.add(scenario);
        failures.add(new Entry(scenario, contestant));
    }

    /** Whether a contestant failed in a scenario. */
    public boolean failed(Scenario scenario, String contestant) {
        return failures.contains(new Entry(scenario, contestant));
    }

    /** Whether any contestant failed in any scenario. */
    public boolean hasFailures() {
        return !failures.isEmpty();
    }

    /** The scenarios, in the order in which they were measured. */
    public List<Scenario> scenarios() {
        return List.copyOf(scenarios);
    }

    List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** Median of the seconds; empty without a run. */
    public OptionalDouble medianSeconds(Scenario scenario, String contestant) {
        return Statistics.median(of(scenario, contestant).mapToDouble(Sample::seconds));
    }

    /** The ratios of the pairs in which both took part: the time of the one, divided by that of the other. */
    double[] ratios(Scenario scenario, String contestant, String other) {
        Map<Integer, Double> others = new HashMap<>();
        of(scenario, other).forEach(sample -> others.put(sample.round(), sample.seconds()));
        return of(scenario, contestant)
                .flatMapToDouble(sample -> {
                    Double divisor = others.get(sample.round());
                    return divisor == null ? DoubleStream.empty() : DoubleStream.of(sample.seconds() / divisor);
                })
                .toArray();
    }

    /** The round trips of one run; empty if they were not counted. */
    OptionalLong roundTrips(Scenario scenario, String contestant) {
        Long trips = roundTrips.get(new Entry(scenario, contestant));
        return trips == null ? OptionalLong.empty() : OptionalLong.of(trips);
    }

    /** The most memory of all runs in KiB; empty without a run. */
    OptionalLong peakKibibytes(Scenario scenario, String contestant) {
        return of(scenario, contestant)
                .mapToLong(sample -> sample.reading().peakKibibytes())
                .max();
    }

    private Stream<Sample> of(Scenario scenario, String contestant) {
        return samples.stream()
                .filter(sample -> sample.scenario().equals(scenario)
                        && sample.contestant().equals(contestant));
    }
}
