package io.github.cdkliquibase.localdeploy.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The approved wording of the function's reasons and warnings. Each subject has one file in {@code approved/reasons}, in which a line
 * {@code ## name} stands above each text.
 *
 * <p>A placeholder such as {@code <pid>} stands for text that varies. It is either one of the {@link #SHAPES}, with a number at its
 * end if a text has several of them, or a value that the test gives. The same placeholder stands for the same text in all its places.
 *
 * <p>With the system property {@code reasons.approve=true} a text that differs is written into the file, with the placeholders that
 * still match. Review the difference before you commit it.
 */
final class ApprovedReasons {

    /** What placeholders match that no test gives a value for. */
    private static final Map<String, String> SHAPES = Map.ofEntries(
            Map.entry("pid", "[0-9]+"),
            Map.entry("seconds", "[0-9]+"),
            Map.entry("count", "[0-9]+"),
            Map.entry("attempts", "1 attempt|[0-9]+ attempts"),
            Map.entry("address", "[0-9a-f.:]+"),
            Map.entry("instant", "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"),
            Map.entry("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
            Map.entry("time", "[0-9]{2}:[0-9]{2}:[0-9.]+"),
            Map.entry("uuid", "[-0-9a-f]{36}"),
            Map.entry("checksum", "[0-9]+:[0-9a-f]{32}"),
            Map.entry("text", ".*"));

    private static final Path FOLDER = Path.of("src/test/resources/approved/reasons");
    private static final Pattern PLACEHOLDER = Pattern.compile("<([a-zA-Z]+)([0-9]*)>");
    private static final String NAME = "## ";

    private ApprovedReasons() {}

    /**
     * Checks that a text is the approved one, for {@code assertThat(reason).satisfies(…)}.
     *
     * @param entry subject and name, such as {@code locks/heldByRun}
     */
    static Consumer<String> approved(String entry) {
        return approved(entry, Map.of());
    }

    /**
     * Checks that a text is the approved one.
     *
     * @param entry subject and name, such as {@code locks/heldByRun}
     * @param values of placeholders
     */
    static Consumer<String> approved(String entry, Map<String, ?> values) {
        return actual -> check(entry, actual, values);
    }

    /** All approved texts by subject and name, in the order of their files. */
    static Map<String, String> all() {
        Map<String, String> all = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                String subject = file.getFileName().toString().replaceFirst("\\.txt$", "");
                read(subject).forEach((name, text) -> all.put(subject + "/" + name, text));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static synchronized void check(String entry, String actual, Map<String, ?> values) {
        String subject = entry.substring(0, entry.indexOf('/'));
        String name = entry.substring(subject.length() + 1);
        Optional<String> approved = Optional.ofNullable(read(subject).get(name));
        if (approved.isPresent() && matches(approved.get(), actual, values)) {
            return;
        }
        if (Boolean.getBoolean("reasons.approve")) {
            write(subject, name, template(approved.orElse(""), actual, values));
            return;
        }
        throw new AssertionError(
                """
                Reason '%s' is not the approved one.
                approved: %s
                actual:   %s
                values:   %s
                If the actual text is right, approve it: run this test with -Dreasons.approve=true and review the change of %s/%s.txt""".formatted(entry, approved.orElse("(no entry of this name)"), actual, values, FOLDER, subject));
    }

    private static boolean matches(String approved, String actual, Map<String, ?> values) {
        return pattern(approved, values).matcher(actual).matches();
    }

    /** The pattern of an approved text, in which all but the placeholders stands for itself. */
    private static Pattern pattern(String approved, Map<String, ?> values) {
        StringBuilder pattern = new StringBuilder();
        Set<String> seen = new HashSet<>();
        Matcher placeholder = PLACEHOLDER.matcher(approved);
        int from = 0;
        while (placeholder.find()) {
            String name = placeholder.group(1) + placeholder.group(2);
            String shape = SHAPES.get(placeholder.group(1));
            if (values.containsKey(name)) {
                pattern.append(literal(approved.substring(from, placeholder.start())))
                        .append(literal(String.valueOf(values.get(name))));
                from = placeholder.end();
            } else if (shape != null) {
                pattern.append(literal(approved.substring(from, placeholder.start())))
                        .append(seen.add(name) ? "(?<%s>%s)".formatted(name, shape) : "\\k<%s>".formatted(name));
                from = placeholder.end();
            }
        }
        return Pattern.compile(pattern + literal(approved.substring(from)), Pattern.DOTALL);
    }

    private static String literal(String text) {
        return text.isEmpty() ? "" : Pattern.quote(text);
    }

    /** The text to approve: with the names of given values, and with those words of the old text that still match. */
    private static String template(String before, String actual, Map<String, ?> values) {
        String text = actual;
        List<? extends Map.Entry<String, ?>> longestFirst = values.entrySet().stream()
                .sorted(Comparator.comparingInt(
                        each -> -String.valueOf(each.getValue()).length()))
                .toList();
        for (Map.Entry<String, ?> value : longestFirst) {
            text = text.replaceAll(
                    "(?<!\\w)" + Pattern.quote(String.valueOf(value.getValue())) + "(?!\\w)",
                    "<" + value.getKey() + ">");
        }
        List<String> words = new ArrayList<>(Arrays.stream(before.split(" "))
                .filter(word -> PLACEHOLDER.matcher(word).find() && !word.contains("<text>"))
                .toList());
        return Arrays.stream(text.split(" "))
                .map(word -> {
                    Optional<String> kept = words.stream()
                            .filter(each ->
                                    pattern(each, Map.of()).matcher(word).matches())
                            .findFirst();
                    kept.ifPresent(words::remove);
                    return kept.orElseGet(() -> word.replaceAll(SHAPES.get("instant"), "<instant>"));
                })
                .collect(Collectors.joining(" "));
    }

    private static Map<String, String> read(String subject) {
        Map<String, String> entries = new LinkedHashMap<>();
        String name = "";
        for (String line : lines(subject)) {
            if (line.startsWith(NAME)) {
                name = line.substring(NAME.length());
            } else if (!line.isEmpty() && !name.isEmpty() && entries.put(name, line) != null) {
                throw new IllegalStateException("'%s/%s' has two texts".formatted(subject, name));
            }
        }
        return entries;
    }

    private static void write(String subject, String name, String text) {
        List<String> lines = new ArrayList<>(lines(subject));
        int at = lines.indexOf(NAME + name);
        if (at < 0) {
            lines.addAll(List.of("", NAME + name, text));
        } else {
            lines.set(at + 1, text);
        }
        try {
            Files.write(FOLDER.resolve(subject + ".txt"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(String subject) {
        Path file = FOLDER.resolve(subject + ".txt");
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file)
                    : List.of("# Approved reasons, see ApprovedReasons.java");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
