package io.github.cdkliquibase.benchmark.report;

import io.github.cdkliquibase.benchmark.contestant.Contestant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes the results into a folder and into a page.
 *
 * @param folder for samples, tables and plots; the files of an earlier run are overwritten
 * @param page the page whose parts are renewed; empty for none
 */
public record Report(Path folder, Optional<Path> page) {

    private static final String PLOTS = "plots";
    private static final List<String> PARTS = List.of("conditions", "times", "ratios", PLOTS, "round-trips", "memory");

    /**
     * Fails if the page lacks a marker. Called before a run, whose results would be lost.
     *
     * @throws IllegalArgumentException if it does
     */
    public void check() {
        if (page.isPresent()) {
            try {
                String text = Files.readString(page.get());
                PARTS.forEach(name -> Page.renewed(text, Map.of(name, "")));
            } catch (IOException e) {
                throw new UncheckedIOException("Page '" + page.get() + "' could not be read", e);
            }
        }
    }

    /**
     * Writes everything. It may be called again when more was measured.
     *
     * @param conditions the conditions of all runs, a line each
     */
    public void write(Results results, List<Contestant> contestants, List<String> conditions) {
        Tables tables = new Tables(results, contestants);
        Map<String, String> plots = new Plots(results, contestants).svg();
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put(
                "conditions",
                conditions.stream().map(line -> "- " + line + "\n").collect(Collectors.joining()));
        parts.put("times", tables.times());
        parts.put("ratios", tables.ratios());
        parts.put("round-trips", tables.roundTrips());
        parts.put("memory", tables.memory());
        try {
            Files.createDirectories(folder);
            deleteOldPlots();
            for (Map.Entry<String, String> plot : plots.entrySet()) {
                Files.writeString(folder.resolve(plot.getKey()), plot.getValue());
            }
            for (Map.Entry<String, String> part : parts.entrySet()) {
                Files.writeString(folder.resolve(part.getKey() + ".md"), part.getValue());
            }
            Files.writeString(folder.resolve("samples.csv"), Samples.of(results));
            if (page.isPresent()) {
                parts.put(PLOTS, images(plots, page.get()));
                Files.writeString(page.get(), Page.renewed(Files.readString(page.get()), parts));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Results could not be written", e);
        }
    }

    // Those of scenarios that this run does not have.
    private void deleteOldPlots() throws IOException {
        try (var files = Files.newDirectoryStream(folder, "{fresh,no-op,one-more}-{sql,yaml,xml}.svg")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private String images(Map<String, String> plots, Path shownIn) {
        Path from = shownIn.toAbsolutePath().resolveSibling("").normalize();
        return plots.keySet().stream()
                .map(name -> "![%s](%s)\n"
                        .formatted(
                                name.replace(".svg", ""),
                                from.relativize(folder.toAbsolutePath()).resolve(name)))
                .collect(Collectors.joining("\n"));
    }
}
