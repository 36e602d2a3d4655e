package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.contestant.Rig;
import io.github.cdkliquibase.benchmark.machine.MachineText;
import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The conditions of all runs, in lines for people. */
final class Conditions {

    private static final double BYTES_A_MEGABYTE = 1e6;

    private Conditions() {}

    static List<String> of(Rig rig, Venue venue, Plan wanted, Plan possible, int rounds) {
        List<String> lines = new ArrayList<>();
        lines.add("%s, %d rounds".formatted(LocalDate.now(ZoneOffset.UTC), rounds));
        lines.add(MachineText.hardware());
        lines.add(MachineText.software());
        lines.add(venue.serverText());
        lines.add("our zip: " + size(rig.artifact()));
        rig.earlierArtifact().ifPresent(artifact -> lines.add("our zip, before: " + size(artifact)));
        possible.addedMillis().forEach(millis -> lines.add(addedText(venue, millis)));
        if (possible.scenarios().size() < wanted.scenarios().size()) {
            lines.add(
                    "Left out are the %d scenarios with the share of the processors of a function: this process may not make control groups for processors"
                            .formatted(wanted.scenarios().size()
                                    - possible.scenarios().size()));
        }
        return lines;
    }

    private static String size(Path artifact) {
        try {
            return String.format(Locale.ROOT, "%.1f MB", Files.size(artifact) / BYTES_A_MEGABYTE);
        } catch (IOException e) {
            throw new UncheckedIOException("Zip '" + artifact + "' could not be read", e);
        }
    }

    // Measured, since the wire adds a little more than it is set to.
    private static String addedText(Venue venue, int millis) {
        int port = venue.port(Access.PASSWORD);
        try (Wire wire = Wire.to(port, Duration.ofMillis(millis))) {
            return String.format(
                    Locale.ROOT,
                    "a round trip takes %.2f ms, and %.2f ms with %d ms added",
                    venue.roundTripMillis(port),
                    venue.roundTripMillis(wire.port()),
                    millis);
        }
    }
}
