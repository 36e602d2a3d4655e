package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** The properties of one event, with a check for each kind of value. An absent property is an empty result. */
final class PropertyValues {

    /** PostgreSQL cuts longer identifiers to 63 bytes, so a longer name would be another name. */
    private static final int IDENTIFIER_BYTES = 63;

    /** PostgreSQL's lock_timeout is an int of milliseconds. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

    private final Map<String, Object> values;

    private PropertyValues(Map<String, Object> values) {
        this.values = values;
    }

    static PropertyValues of(@Nullable Object properties) {
        if (!(properties instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    "ResourceProperties must be a map of properties, got " + shape(properties));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (value != null) {
                values.put(String.valueOf(name), value);
            }
        });
        return new PropertyValues(values);
    }

    void refuseNamesOtherThan(Set<String> known) {
        values.keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("Property %s is not known. Did you mean '%s'?"
                            .formatted(Text.quote(name), nearest(name, known)));
                });
    }

    private static String nearest(String name, Set<String> known) {
        String lower = name.substring(0, Math.min(name.length(), 64)).toLowerCase(Locale.ROOT);
        return known.stream()
                .min(Comparator.<String>comparingInt(each ->
                                LevenshteinDistance.getDefaultInstance().apply(each.toLowerCase(Locale.ROOT), lower))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    Optional<String> text(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!isScalar(value)) {
            throw new IllegalArgumentException("Property '%s' must be a text, got %s".formatted(name, shape(value)));
        }
        String text = String.valueOf(value);
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "Property '%s' must not be empty. Leave it out for its default".formatted(name));
        }
        return Optional.of(text);
    }

    /** For a property whose empty value means the same as its absence. */
    String textOrEmpty(String name) {
        Object value = values.get(name);
        return value != null && String.valueOf(value).isBlank()
                ? ""
                : text(name).orElse("");
    }

    String word(String name, String otherwise, String... allowed) {
        String word = text(name).orElse(otherwise);
        if (!List.of(allowed).contains(word)) {
            String words = Arrays.stream(allowed).map(each -> "'" + each + "'").collect(Collectors.joining(", "));
            throw wrong(name, word, "one of " + words);
        }
        return word;
    }

    Optional<Integer> number(String name, int least, int most) {
        return text(name).map(text -> {
            if (text.matches("[0-9]{1,9}")) {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            }
            throw wrong(name, text, "a number from %d to %d".formatted(least, most));
        });
    }

    Optional<Duration> duration(String name) {
        return text(name).map(text -> {
            try {
                Duration duration = Duration.parse(text);
                if (duration.toMillis() > 0 && duration.compareTo(LONGEST_TIMEOUT) <= 0) {
                    return duration;
                }
            } catch (DateTimeException | ArithmeticException e) {
                // Refused below, with the same words as a duration out of range.
            }
            throw wrong(name, text, "an ISO-8601 duration from PT0.001S to P24D, such as 'PT5S'");
        });
    }

    Optional<Instant> instant(String name) {
        return text(name)
                .map(text -> parseInstant(text)
                        .orElseThrow(() -> wrong(name, text, "an ISO-8601 instant, such as '2026-11-20T10:15:30Z'")));
    }

    static Optional<Instant> parseInstant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A path below the changelog folder, normalised; whether there is such a file is asked later. */
    Optional<String> relativePath(String name) {
        return text(name).map(text -> {
            try {
                Path path = Path.of(text);
                boolean leaves = path.isAbsolute()
                        || text.contains("\\")
                        || text.contains(":")
                        || List.of(text.split("/", -1)).contains("..");
                if (!leaves && !path.normalize().toString().isEmpty()) {
                    return path.normalize().toString();
                }
            } catch (InvalidPathException e) {
                // Refused below, with the same words as a path that leaves the folder.
            }
            throw wrong(name, text, "a path inside the changelog folder, with '/' between its parts");
        });
    }

    Optional<String> identifier(String name) {
        return text(name).map(text -> identifier(name, text));
    }

    private static String identifier(String name, String text) {
        boolean control = text.codePoints().anyMatch(Character::isISOControl);
        if (text.isBlank() || control || text.getBytes(StandardCharsets.UTF_8).length > IDENTIFIER_BYTES) {
            throw wrong(name, text, "a PostgreSQL name of at most 63 bytes");
        }
        return text;
    }

    /** A list of PostgreSQL names, each once; empty if the property is absent. */
    List<String> identifiers(String name) {
        Object value = values.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw new IllegalArgumentException(
                    "Property '%s' must be a list of one text or more, got %s".formatted(name, shape(value)));
        }
        List<String> identifiers = new ArrayList<>();
        for (Object element : list) {
            if (!isScalar(element)) {
                throw new IllegalArgumentException(
                        "Property '%s' must be a list of texts, but holds %s".formatted(name, shape(element)));
            }
            String text = identifier(name, String.valueOf(element));
            if (identifiers.contains(text)) {
                throw new IllegalArgumentException(
                        "Property '%s' must name each one once, got %s twice".formatted(name, Text.quote(text)));
            }
            identifiers.add(text);
        }
        return identifiers;
    }

    /** Properties within a property, each of whose names has it in front; empty if the property is absent. */
    Optional<PropertyValues> within(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("Property '%s' must be a map, got %s".formatted(name, shape(value)));
        }
        Map<String, Object> inner = new LinkedHashMap<>();
        map.forEach((key, each) -> inner.put(name + "." + key, each == null ? "" : each));
        return Optional.of(of(inner));
    }

    /** A map of texts. Its values are never quoted. */
    Map<String, String> texts(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    "Property '%s' must be a map of parameter names to texts, got %s".formatted(name, shape(value)));
        }
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((key, text) -> {
            if (!isScalar(text)) {
                throw new IllegalArgumentException(
                        "Property '%s' must be a map of parameter names to texts, but %s is %s"
                                .formatted(name, Text.quote(String.valueOf(key)), shape(text)));
            }
            texts.put(String.valueOf(key), String.valueOf(text));
        });
        return texts;
    }

    // CloudFormation sends texts only; other senders of the same event may keep numbers and booleans.
    private static boolean isScalar(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean;
    }

    private static String shape(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> map -> "a map";
            case List<?> list -> "a list";
            default -> "a single value";
        };
    }

    static IllegalArgumentException wrong(String name, String value, String allowed) {
        return new IllegalArgumentException(
                "Property '%s' must be %s, got %s".formatted(name, allowed, Text.quote(value)));
    }
}
