package io.github.cdkliquibase.benchmark.scenario;

import java.util.Locale;

/**
 * A deploy and its conditions, which are the same for all contestants.
 *
 * @param changesets how many the changelog has; {@link Kind#ONE_MORE} adds one to them
 * @param addedMillis milliseconds that are added to each round trip to the server
 */
public record Scenario(Kind kind, int changesets, Format format, int addedMillis, Memory memory, Access access) {

    public Scenario {
        if (changesets < 1) {
            throw new IllegalArgumentException(
                    "The number of changesets must be 1 or more, got '%d'".formatted(changesets));
        }
        if (addedMillis < 0) {
            throw new IllegalArgumentException("Added milliseconds must be 0 or more, got '%d'".formatted(addedMillis));
        }
    }

    /** A scenario under the plain conditions: nothing is added to a round trip, the whole machine, a password. */
    public static Scenario plain(Kind kind, int changesets, Format format) {
        return new Scenario(kind, changesets, format, 0, Memory.WHOLE_MACHINE, Access.PASSWORD);
    }

    /** The same with milliseconds that are added to each round trip. */
    public Scenario withAddedMillis(int millis) {
        return new Scenario(kind, changesets, format, millis, memory, access);
    }

    /** The same with the memory of a function. */
    public Scenario withMemory(Memory newMemory) {
        return new Scenario(kind, changesets, format, addedMillis, newMemory, access);
    }

    /** The same with another access. */
    public Scenario withAccess(Access newAccess) {
        return new Scenario(kind, changesets, format, addedMillis, memory, newAccess);
    }

    /** Whether this is a scenario under the plain conditions. */
    public boolean isPlain() {
        return equals(plain(kind, changesets, format));
    }

    /** The scenario in words, as the head of a row. */
    public String title() {
        String deploy = switch (kind) {
            case FRESH -> "fresh, %,d";
            case NO_OP -> "no-op, %,d applied";
            case ONE_MORE -> "one more on %,d";
        };
        StringBuilder title = new StringBuilder(String.format(Locale.ROOT, deploy, changesets));
        title.append(", ").append(format.toString().toUpperCase(Locale.ROOT));
        if (addedMillis > 0) {
            title.append(", +").append(addedMillis).append(" ms");
        }
        if (memory.limited()) {
            title.append(String.format(Locale.ROOT, ", %,d MB", memory.megabytes()));
        }
        if (access == Access.TOKEN) {
            title.append(", TLS and token");
        }
        return title.toString();
    }
}
