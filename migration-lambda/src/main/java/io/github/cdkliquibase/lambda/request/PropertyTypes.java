package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.engine.HostName;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The types of properties, besides {@link Words}. */
final class PropertyTypes {

    /** PostgreSQL cuts longer identifiers to 63 bytes, so a longer name would be another name. */
    private static final int IDENTIFIER_BYTES = 63;

    /** PostgreSQL's lock_timeout is an int of milliseconds. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

    /** A value that is CloudFormation's own matter. */
    static final PropertyType<Object> ANY = (name, value) -> value;

    /** A text that is not empty. */
    static final PropertyType<String> TEXT = PropertyTypes::text;

    /** A text; an empty one means the same as none. */
    static final PropertyType<String> TEXT_OR_EMPTY =
            (name, value) -> String.valueOf(value).isBlank() ? "" : text(name, value);

    /** A PostgreSQL name. */
    static final PropertyType<String> IDENTIFIER = (name, value) -> identifier(name, text(name, value));

    /** A list of PostgreSQL names, at least one, each once. */
    static final PropertyType<List<String>> IDENTIFIERS = PropertyTypes::identifiers;

    /** An ISO-8601 duration, longer than zero. */
    static final PropertyType<Duration> DURATION =
            parsed("an ISO-8601 duration from PT0.001S to P24D, such as 'PT5S'", PropertyTypes::duration);

    /** An ISO-8601 instant. */
    static final PropertyType<Instant> INSTANT =
            parsed("an ISO-8601 instant, such as '2026-11-20T10:15:30Z'", text -> Optional.of(Instant.parse(text)));

    /** A path below the changelog folder, normalised; whether there is such a file is asked later. */
    static final PropertyType<String> RELATIVE_PATH =
            parsed("a path inside the changelog folder, with '/' between its parts", PropertyTypes::relativePath);

    /** A host name or an IP address. */
    static final PropertyType<HostName> HOST = parsed("a host name or an IP address", HostName::of);

    /** The port of a server. */
    static final PropertyType<Integer> PORT = parsed("a number from 1 to 65535", PropertyTypes::port);

    /** A map of texts. Its values are never quoted. */
    static final PropertyType<Map<String, String>> TEXTS = PropertyTypes::texts;

    private PropertyTypes() {}

    // A parser returns empty, or throws, for what is not allowed.
    private static <T> PropertyType<T> parsed(String allowed, Function<String, Optional<T>> parser) {
        return (name, value) -> {
            String text = text(name, value);
            try {
                return parser.apply(text).orElseThrow(() -> wrong(name, text, allowed));
            } catch (DateTimeException | ArithmeticException | InvalidPathException e) {
                throw wrong(name, text, allowed);
            }
        };
    }

    private static String text(String name, Object value) {
        if (!ValueShape.isScalar(value)) {
            throw new MigrationException("Property '%s' must be a text, got %s".formatted(name, ValueShape.of(value)));
        }
        String text = String.valueOf(value);
        if (text.isBlank()) {
            throw new MigrationException(
                    "Property '%s' must not be empty. Leave it out for its default".formatted(name));
        }
        return text;
    }

    private static Optional<Integer> port(String text) {
        return text.matches("[0-9]{1,9}")
                ? Optional.of(Integer.parseInt(text)).filter(port -> port >= 1 && port <= 65_535)
                : Optional.empty();
    }

    private static Optional<Duration> duration(String text) {
        return Optional.of(Duration.parse(text))
                .filter(duration -> duration.toMillis() > 0 && duration.compareTo(LONGEST_TIMEOUT) <= 0);
    }

    private static Optional<String> relativePath(String text) {
        Path path = Path.of(text);
        boolean leaves = path.isAbsolute()
                || text.contains("\\")
                || text.contains(":")
                || List.of(text.split("/", -1)).contains("..");
        return Optional.of(path.normalize().toString()).filter(normal -> !leaves && !normal.isEmpty());
    }

    private static String identifier(String name, String text) {
        boolean control = text.codePoints().anyMatch(Character::isISOControl);
        if (text.isBlank() || control || text.getBytes(StandardCharsets.UTF_8).length > IDENTIFIER_BYTES) {
            throw wrong(name, text, "a PostgreSQL name of at most 63 bytes");
        }
        return text;
    }

    private static List<String> identifiers(String name, Object value) {
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw new MigrationException(
                    "Property '%s' must be a list of one text or more, got %s".formatted(name, ValueShape.of(value)));
        }
        List<String> identifiers = new ArrayList<>();
        for (Object element : list) {
            String text = identifierIn(name, element);
            if (identifiers.contains(text)) {
                throw new MigrationException(
                        "Property '%s' must name each one once, got %s twice".formatted(name, Text.quote(text)));
            }
            identifiers.add(text);
        }
        return identifiers;
    }

    private static String identifierIn(String name, Object element) {
        if (!ValueShape.isScalar(element)) {
            throw new MigrationException(
                    "Property '%s' must be a list of texts, but holds %s".formatted(name, ValueShape.of(element)));
        }
        return identifier(name, String.valueOf(element));
    }

    private static Map<String, String> texts(String name, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new MigrationException("Property '%s' must be a map of parameter names to texts, got %s"
                    .formatted(name, ValueShape.of(value)));
        }
        Map<String, String> texts = new LinkedHashMap<>();
        map.forEach((key, text) -> {
            if (!ValueShape.isScalar(text)) {
                throw new MigrationException("Property '%s' must be a map of parameter names to texts, but %s is %s"
                        .formatted(name, Text.quote(String.valueOf(key)), ValueShape.of(text)));
            }
            texts.put(String.valueOf(key), String.valueOf(text));
        });
        return texts;
    }

    /** The refusal of a value that is not allowed. */
    static MigrationException wrong(String name, String value, String allowed) {
        return new MigrationException("Property '%s' must be %s, got %s".formatted(name, allowed, Text.quote(value)));
    }
}
