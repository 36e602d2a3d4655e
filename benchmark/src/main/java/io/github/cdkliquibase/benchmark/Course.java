package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.contestant.Contestant;
import io.github.cdkliquibase.benchmark.contestant.ContestantFailedException;
import io.github.cdkliquibase.benchmark.report.Results;
import io.github.cdkliquibase.benchmark.report.Results.Sample;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.benchmark.wire.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All scenarios with one changelog. In each round every contestant runs once; the one that begins changes. */
final class Course {

    private final Venue venue;
    private final List<Contestant> contestants;
    private final int rounds;
    private final Results results;
    private final Progress progress;

    Course(Venue venue, List<Contestant> contestants, int rounds, Results results, Progress progress) {
        this.venue = venue;
        this.contestants = List.copyOf(contestants);
        this.rounds = rounds;
        this.results = results;
        this.progress = progress;
    }

    /** Measures scenarios that all have the same format and number of changesets. */
    void run(Format format, int changesets, List<Scenario> scenarios) {
        List<Lane> lanes = new ArrayList<>();
        try {
            for (Contestant contestant : contestants) {
                List<Scenario> taken =
                        scenarios.stream().filter(contestant::takes).toList();
                if (!taken.isEmpty()) {
                    Lane lane = new Lane(contestant, venue);
                    lanes.add(lane);
                    prepare(lane, format, changesets, taken);
                }
            }
            for (Scenario scenario : scenarios) {
                measure(scenario, lanes);
                progress.measured(scenario);
            }
        } finally {
            lanes.forEach(Lane::close);
        }
    }

    private void prepare(Lane lane, Format format, int changesets, List<Scenario> taken) {
        try {
            lane.prepare(format, changesets);
        } catch (ContestantFailedException e) {
            taken.forEach(scenario -> fail(scenario, lane, e));
        }
    }

    private void measure(Scenario scenario, List<Lane> lanes) {
        List<Lane> field = new ArrayList<>(lanes.stream()
                .filter(lane -> lane.contestant().takes(scenario)
                        && !results.failed(scenario, lane.contestant().name()))
                .toList());
        field.removeIf(lane -> !rehearses(scenario, lane));
        if (scenario.addedMillis() == 0) {
            race(scenario, field, venue.port(scenario.access()));
            return;
        }
        try (Wire wire = Wire.to(venue.port(scenario.access()), Duration.ofMillis(scenario.addedMillis()))) {
            race(scenario, field, wire.port());
        }
    }

    private boolean rehearses(Scenario scenario, Lane lane) {
        try {
            lane.rehearse(scenario)
                    .ifPresent(
                            trips -> results.count(scenario, lane.contestant().name(), trips));
            return true;
        } catch (ContestantFailedException e) {
            fail(scenario, lane, e);
            return false;
        }
    }

    private void race(Scenario scenario, List<Lane> field, int port) {
        for (int round = 1; round <= rounds; round++) {
            for (Lane lane : List.copyOf(field)) {
                try {
                    results.add(new Sample(scenario, lane.contestant().name(), round, lane.run(scenario, port)));
                } catch (ContestantFailedException e) {
                    fail(scenario, lane, e);
                    field.remove(lane);
                }
            }
            if (!field.isEmpty()) {
                Collections.rotate(field, -1);
            }
        }
    }

    private void fail(Scenario scenario, Lane lane, ContestantFailedException failure) {
        results.fail(scenario, lane.contestant().name());
        progress.failed(scenario, lane.contestant(), failure);
    }
}
