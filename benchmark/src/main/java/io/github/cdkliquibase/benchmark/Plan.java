package io.github.cdkliquibase.benchmark;

import io.github.cdkliquibase.benchmark.scenario.Access;
import io.github.cdkliquibase.benchmark.scenario.Format;
import io.github.cdkliquibase.benchmark.scenario.Kind;
import io.github.cdkliquibase.benchmark.scenario.Memory;
import io.github.cdkliquibase.benchmark.scenario.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The scenarios of a run.
 *
 * @param scenarios each once
 */
record Plan(List<Scenario> scenarios) {

    static final List<Integer> DEFAULT_SIZES = List.of(100, 1000);

    private static final List<Integer> ALL_SIZES = List.of(1, 100, 1000, 5000, 20_000);
    private static final Memory SMALL_FUNCTION = new Memory(512, true);
    private static final List<Memory> FUNCTIONS = List.of(SMALL_FUNCTION, new Memory(Memory.ONE_PROCESSOR, true));
    private static final int SMALL = 100;
    private static final int MEDIUM = 1000;

    /** A changelog: all scenarios with it are measured one after the other. */
    record Changelog(Format format, int changesets) {}

    Plan {
        scenarios = List.copyOf(new LinkedHashSet<>(scenarios));
    }

    /** The scenarios of a run of about a quarter of an hour. */
    static Plan standard() {
        List<Scenario> scenarios = new ArrayList<>();
        for (int size : DEFAULT_SIZES) {
            for (Kind kind : Kind.values()) {
                scenarios.add(Scenario.plain(kind, size, Format.SQL));
            }
        }
        scenarios.add(Scenario.plain(Kind.FRESH, SMALL, Format.SQL).withAddedMillis(1));
        scenarios.add(Scenario.plain(Kind.NO_OP, SMALL, Format.SQL).withMemory(SMALL_FUNCTION));
        scenarios.add(Scenario.plain(Kind.NO_OP, MEDIUM, Format.SQL).withAccess(Access.TOKEN));
        scenarios.add(Scenario.plain(Kind.FRESH, SMALL, Format.XML));
        scenarios.add(Scenario.plain(Kind.NO_OP, SMALL, Format.XML));
        return new Plan(scenarios);
    }

    /** Everything, which takes hours. */
    static Plan all() {
        List<Scenario> scenarios = new ArrayList<>();
        for (Format format : Format.values()) {
            for (int size : ALL_SIZES) {
                for (Kind kind : Kind.values()) {
                    scenarios.add(Scenario.plain(kind, size, format));
                }
                scenarios.add(Scenario.plain(Kind.FRESH, size, format).withAddedMillis(1));
                scenarios.add(Scenario.plain(Kind.NO_OP, size, format).withAddedMillis(1));
                scenarios.add(Scenario.plain(Kind.NO_OP, size, format).withAccess(Access.TOKEN));
                FUNCTIONS.forEach(memory ->
                        scenarios.add(Scenario.plain(Kind.NO_OP, size, format).withMemory(memory)));
                if (size <= MEDIUM) {
                    FUNCTIONS.forEach(memory -> scenarios.add(
                            Scenario.plain(Kind.FRESH, size, format).withMemory(memory)));
                }
            }
        }
        return new Plan(scenarios);
    }

    /** Each combination of the selected values, but none of a token and a delay: a token is good for one address only. */
    static Plan of(Selection selection) {
        List<Scenario> scenarios = new ArrayList<>();
        for (Format format : selection.formats()) {
            for (int size : selection.sizes()) {
                for (Kind kind : selection.kinds()) {
                    scenarios.addAll(conditions(Scenario.plain(kind, size, format), selection));
                }
            }
        }
        return new Plan(scenarios);
    }

    private static List<Scenario> conditions(Scenario plain, Selection selection) {
        List<Scenario> scenarios = new ArrayList<>();
        for (int latency : selection.latencies()) {
            for (Memory memory : selection.memory()) {
                for (Access access : selection.access()) {
                    if (access == Access.PASSWORD || latency == 0) {
                        scenarios.add(plain.withAddedMillis(latency)
                                .withMemory(memory)
                                .withAccess(access));
                    }
                }
            }
        }
        return scenarios;
    }

    /** The same with only those that a condition holds for. */
    Plan where(Predicate<Scenario> condition) {
        return new Plan(scenarios.stream().filter(condition).toList());
    }

    /** The scenarios by their changelogs, in the order of the plan. */
    Map<Changelog, List<Scenario>> byChangelog() {
        Map<Changelog, List<Scenario>> groups = new LinkedHashMap<>();
        scenarios.forEach(scenario -> groups.computeIfAbsent(
                        new Changelog(scenario.format(), scenario.changesets()), key -> new ArrayList<>())
                .add(scenario));
        return groups;
    }

    /** The milliseconds that are added to round trips in some scenario. */
    Set<Integer> addedMillis() {
        Set<Integer> added = new LinkedHashSet<>();
        scenarios.stream()
                .map(Scenario::addedMillis)
                .filter(millis -> millis > 0)
                .forEach(added::add);
        return added;
    }
}
