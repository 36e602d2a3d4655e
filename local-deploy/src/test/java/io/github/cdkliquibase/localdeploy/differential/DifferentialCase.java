package io.github.cdkliquibase.localdeploy.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkliquibase.localdeploy.contract.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder with changelogs, and what is said about them in {@code case.json}; the format is described beside the cases. */
final class DifferentialCase {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KNOWN = Set.of(
            "what",
            "source",
            "file",
            "properties",
            "plain",
            "deploys",
            "holds",
            "reason",
            "log",
            "warn",
            "expect",
            "differs",
            "by",
            "remaining",
            "layer",
            "data",
            "same");

    private final Path folder;
    private final JsonNode json;

    private DifferentialCase(Path folder) {
        this.folder = folder;
        try {
            json = JSON.readTree(folder.resolve("case.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("Case '%s' cannot be read".formatted(folder.getFileName()), e);
        }
        json.fieldNames().forEachRemaining(field -> {
            if (!KNOWN.contains(field.replaceFirst("-[0-9.]+$", ""))) {
                throw new IllegalArgumentException(
                        "Case '%s' has the unknown field '%s'".formatted(folder.getFileName(), field));
            }
        });
    }

    static DifferentialCase of(Path folder) {
        return new DifferentialCase(folder);
    }

    /** All cases of a folder, by name. */
    static List<DifferentialCase> in(Path folder) {
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.filter(each -> Files.isRegularFile(each.resolve("case.json")))
                    .sorted()
                    .map(DifferentialCase::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return folder.getFileName().toString();
    }

    String what() {
        return json.path("what").asText();
    }

    int deploys() {
        return json.path("deploys").asInt(json.has("by") ? json.path("by").size() : 2);
    }

    /** The folder for one deploy, counted from one: the newest that is not newer. */
    Path changelog(int deploy) {
        return numbered("changelog", deploy)
                .orElseThrow(() -> new IllegalStateException("Case '%s' has no changelog".formatted(name())));
    }

    private Optional<Path> numbered(String prefix, int deploy) {
        for (int number = deploy; number > 1; number--) {
            Path newer = folder.resolve(prefix + "-" + number);
            if (Files.exists(newer)) {
                return Optional.of(newer);
            }
        }
        Path first = folder.resolve(prefix);
        return Files.exists(first) ? Optional.of(first) : Optional.empty();
    }

    /** What the superuser does before a deploy. */
    Optional<Path> setup(int deploy) {
        Path script = folder.resolve(deploy == 1 ? "setup.sql" : "setup-" + deploy + ".sql");
        return Files.exists(script) ? Optional.of(script) : Optional.empty();
    }

    /** Properties of the custom resource, those that are set later on top of the earlier ones. */
    Map<String, Object> properties(int deploy) {
        Map<String, Object> properties = new HashMap<>();
        if (json.has("file")) {
            properties.put("ChangelogFile", json.path("file").asText());
        }
        layered("properties", deploy)
                .forEach(layer -> layer.properties()
                        .forEach(property -> properties.put(
                                property.getKey(), JSON.convertValue(property.getValue(), Object.class))));
        return properties;
    }

    private List<JsonNode> layered(String field, int deploy) {
        return Stream.iterate(1, number -> number <= deploy, number -> number + 1)
                .map(number -> json.get(number == 1 ? field : field + "-" + number))
                .filter(each -> each != null)
                .toList();
    }

    /** The same for plain Liquibase. */
    PlainRequest plain(int deploy, PlainTarget target, Path changelog, List<String> jars) {
        Map<String, String> arguments = new HashMap<>();
        Map<String, String> parameters = new HashMap<>();
        layered("plain", deploy)
                .forEach(layer -> layer.forEach(argument -> {
                    String[] parts = argument.asText().split("=", 2);
                    if (parts[0].startsWith("parameter.")) {
                        parameters.put(parts[0].substring("parameter.".length()), parts[1]);
                    } else {
                        arguments.put(parts[0], parts[1]);
                    }
                }));
        Set<String> unknown = new TreeSet<>(arguments.keySet());
        unknown.removeAll(
                Set.of("file", "contexts", "labels", "schema", "liquibaseSchema", "historyTable", "lockTable"));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("Case '%s' has unknown arguments %s".formatted(name(), unknown));
        }
        return new PlainRequest(
                changelog.toString(),
                arguments.getOrDefault("file", json.path("file").asText(Stage.MASTER)),
                target.url(),
                target.user(),
                target.password(),
                arguments.get("contexts"),
                arguments.get("labels"),
                parameters,
                arguments.get("schema"),
                arguments.get("liquibaseSchema"),
                arguments.get("historyTable"),
                arguments.get("lockTable"),
                jars);
    }

    /** Where plain Liquibase connects to. */
    record PlainTarget(String url, String user, String password) {}

    HistoryTables tables() {
        String history = HistoryTables.DEFAULT.history();
        String lock = HistoryTables.DEFAULT.lock();
        for (JsonNode argument : json.path("plain")) {
            String[] parts = argument.asText().split("=", 2);
            history = parts[0].equals("historyTable") ? parts[1] : history;
            lock = parts[0].equals("lockTable") ? parts[1] : lock;
        }
        return new HistoryTables(history, lock);
    }

    /** Whether a deploy of the function's database is made by plain Liquibase. */
    boolean isByPlain(int deploy) {
        return by(deploy).equals("plain");
    }

    /** Whether the custom resource is deleted instead; plain Liquibase then goes on with a new database. */
    boolean isDeleted(int deploy) {
        return by(deploy).equals("delete");
    }

    private String by(int deploy) {
        return json.path("by").path(deploy - 1).asText("ours");
    }

    boolean isByFunctionAlone() {
        return json.findValues("by").stream().allMatch(by -> !by.toString().contains("plain"));
    }

    /** A query that must be true after the last deploy; empty if there is none. */
    String holds() {
        return json.path("holds").asText("");
    }

    /** What the reason of a deploy must match; null if nothing. Without a number it is the last one. */
    @Nullable Pattern reason(int deploy) {
        Pattern numbered = pattern("reason-" + deploy);
        return numbered == null && deploy == deploys() ? pattern("reason") : numbered;
    }

    /** What the answer to a deploy must have in its data. */
    Map<String, String> data(int deploy) {
        Map<String, String> data = new HashMap<>();
        json.path("data-" + deploy)
                .properties()
                .forEach(value -> data.put(value.getKey(), value.getValue().asText()));
        return data;
    }

    /** What all answers must have alike in their data. */
    List<String> same() {
        List<String> names = new ArrayList<>();
        json.path("same").forEach(name -> names.add(name.asText()));
        return names;
    }

    /** What no line of the log may match; null if nothing. */
    @Nullable Pattern never() {
        return pattern("log");
    }

    /** What a line of the log must match; null if nothing. */
    @Nullable Pattern warning() {
        return pattern("warn");
    }

    private @Nullable Pattern pattern(String field) {
        return json.has(field)
                ? Pattern.compile(json.path(field).asText(), Pattern.MULTILINE | Pattern.CASE_INSENSITIVE)
                : null;
    }

    /** Whether a difference is right. */
    boolean isExplained() {
        return json.has("expect");
    }

    /** In what the databases differ, and are right to differ; empty if the case does not say in what. */
    Optional<Set<Facet>> differs(String version) {
        String field = json.has("differs-" + version) ? "differs-" + version : "differs";
        if (!json.has(field)) {
            return Optional.empty();
        }
        Set<Facet> facets = EnumSet.noneOf(Facet.class);
        json.path(field).forEach(word -> facets.add(Facet.of(word.asText())));
        return Optional.of(facets);
    }

    /** How much time the function has for one deploy. */
    Duration remaining() {
        return Duration.ofSeconds(json.path("remaining").asInt(60));
    }

    /** Name of a jar that {@link CaseLayers} makes, for the function and for plain Liquibase; empty if there is none. */
    String layer() {
        return json.path("layer").asText("");
    }

    @Override
    public String toString() {
        return name();
    }
}
