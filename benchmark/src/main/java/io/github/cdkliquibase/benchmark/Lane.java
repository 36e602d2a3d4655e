package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.contestant.Contestant;
import io.github.cdkliquibase.benchmark.contestant.Reading;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Memory;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import io.github.cdkliquibase.benchmark.wire.Wire;
import io.github.cdkliquibase.stage.database.EmbeddedDatabase;
import java.time.Duration;
import java.util.OptionalLong;

/** One contestant with one changelog: its runs, and the database in which it has applied it. */
final class Lane implements AutoCloseable {

    private final Contestant contestant;
    private final Venue venue;
    private final EmbeddedDatabase database;
    private int applied;
    private OptionalLong freshRoundTrips = OptionalLong.empty();

    Lane(Contestant contestant, Venue venue) {
        this.contestant = contestant;
        this.venue = venue;
        this.database = venue.emptyDatabase();
    }

    Contestant contestant() {
        return contestant;
    }

    /** Applies the changelog, if the contestant can, and counts the round trips. */
    void prepare(Format format, int changesets) {
        if (contestant.migrates()) {
            freshRoundTrips =
                    OptionalLong.of(counted(Scenario.plain(Kind.FRESH, changesets, format), database, changesets));
            applied = changesets;
            venue.check(database, applied);
        }
    }

    /** Runs once as a rehearsal, on the whole machine, and returns the round trips; empty if they cannot be counted. */
    OptionalLong rehearse(Scenario scenario) {
        if (scenario.kind() == Kind.FRESH) {
            return freshRoundTrips;
        }
        Scenario rehearsal = scenario.withMemory(Memory.WHOLE_MACHINE);
        if (scenario.access() == Access.TOKEN) {
            admit(scenario, database);
            run(rehearsal, venue.port(scenario.access()));
            return OptionalLong.empty();
        }
        try (Wire wire = Wire.to(venue.port(scenario.access()), Duration.ZERO)) {
            run(rehearsal, wire.port());
            return OptionalLong.of(wire.roundTrips());
        }
    }

    /** Runs once. */
    Reading run(Scenario scenario, int port) {
        return switch (scenario.kind()) {
            case FRESH -> runFresh(scenario, port);
            case NO_OP -> contestant.run(venue.task(scenario, database, port, Math.max(1, applied)));
            case ONE_MORE -> {
                Reading reading = contestant.run(venue.task(scenario, database, port, applied + 1));
                applied++;
                venue.check(database, applied);
                yield reading;
            }
        };
    }

    private Reading runFresh(Scenario scenario, int port) {
        try (EmbeddedDatabase empty = venue.emptyDatabase()) {
            admit(scenario, empty);
            Reading reading = contestant.run(venue.task(scenario, empty, port, scenario.changesets()));
            venue.check(empty, scenario.changesets());
            return reading;
        }
    }

    // The floor, which does not migrate, comes through the front with a password.
    private void admit(Scenario scenario, EmbeddedDatabase entered) {
        if (scenario.access() == Access.TOKEN && contestant.migrates()) {
            venue.admitWithToken(entered);
        }
    }

    private long counted(Scenario scenario, EmbeddedDatabase target, int changesets) {
        try (Wire wire = Wire.to(venue.port(scenario.access()), Duration.ZERO)) {
            contestant.run(venue.task(scenario, target, wire.port(), changesets));
            return wire.roundTrips();
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
