package io.github.cdkliquibase.lambda.request;

import io.github.cdkliquibase.lambda.changelog.Changelog;
import io.github.cdkliquibase.lambda.database.DatabaseTarget;
import io.github.cdkliquibase.lambda.database.HostName;
import io.github.cdkliquibase.lambda.database.SslMode;
import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
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

/** The properties of one event, by name, with a check for each kind of value. */
final class Properties {

    private static final Set<String> KNOWN = Set.of(
            "ServiceToken",
            "ServiceTimeout",
            "DeployedAt",
            "ChangelogHash",
            "ChangelogFile",
            "SecretArn",
            "IamUsername",
            "Host",
            "Port",
            "DatabaseName",
            "Engine",
            "SslMode",
            "SslRootCert",
            "Contexts",
            "LabelFilter",
            "DefaultSchema",
            "LiquibaseSchema",
            "Parameters",
            "LockTimeout",
            "OnStackRollback",
            "OnDelete",
            "Lint",
            "Waiter");

    /** PostgreSQL cuts longer identifiers to 63 bytes, so a longer name would be another name. */
    private static final int IDENTIFIER_BYTES = 63;

    /** PostgreSQL's lock_timeout is an int of milliseconds. */
    private static final Duration LONGEST_LOCK_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

    private final Map<String, Object> values;

    private Properties(Map<String, Object> values) {
        this.values = values;
    }

    static Properties of(@Nullable Object properties) {
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
        return new Properties(values);
    }

    static MigrationRequest request(Properties read, Path folder) {
        read.refuseWhatIsNotSupported();
        read.text("DeployedAt").ifPresent(read::checkInstant);
        read.text("ChangelogHash");
        Changelog changelog = new Changelog(
                folder,
                read.relativePath("ChangelogFile").orElse(Changelog.DEFAULT_FILE),
                read.textOrEmpty("Contexts"),
                read.textOrEmpty("LabelFilter"),
                read.parameters(),
                read.identifier("DefaultSchema").orElse(null),
                read.identifier("LiquibaseSchema").orElse(null));
        DatabaseTarget database = new DatabaseTarget(
                read.secretArn(),
                read.host().orElse(null),
                read.port().orElse(null),
                read.identifier("DatabaseName").orElse(null),
                read.sslMode(),
                read.relativePath("SslRootCert").map(folder::resolve).orElse(null));
        return new MigrationRequest(database, changelog, read.lockTimeout());
    }

    void refuseUnknown() {
        values.keySet().stream()
                .filter(name -> !KNOWN.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            "Property %s is not known. Did you mean '%s'?".formatted(Text.quote(name), nearest(name)));
                });
    }

    private static String nearest(String name) {
        String shortened = name.length() > 64 ? name.substring(0, 64) : name;
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return KNOWN.stream()
                .min(Comparator.<String>comparingInt(known ->
                                distance.apply(known.toLowerCase(Locale.ROOT), shortened.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private void refuseWhatIsNotSupported() {
        boolean secret = values.containsKey("SecretArn");
        boolean iam = values.containsKey("IamUsername");
        if (secret == iam) {
            throw new IllegalArgumentException(
                    "Exactly one of the properties 'SecretArn' and 'IamUsername' must be set, got "
                            + (secret ? "both" : "neither"));
        }
        if (iam) {
            throw notSupported("IamUsername", "IAM authentication", "Use 'SecretArn'");
        }
        if (word("Engine", "postgresql", "postgresql", "dsql").equals("dsql")) {
            throw notSupported("Engine", "Aurora DSQL", "Only 'postgresql' is allowed");
        }
        if (word("OnStackRollback", "KEEP", "KEEP", "ROLLBACK").equals("ROLLBACK")) {
            throw notSupported("OnStackRollback", "rolling back changesets", "Only 'KEEP' is allowed");
        }
        word("OnDelete", "RETAIN", "RETAIN", "DROP_ALL");
        if (!word("Lint", "OFF", "OFF", "WARN", "FAIL").equals("OFF")) {
            throw notSupported("Lint", "the lint", "Only 'OFF' is allowed");
        }
        if (word("Waiter", "false", "true", "false").equals("true")) {
            throw notSupported("Waiter", "the waiter", "Leave the property out");
        }
    }

    private IllegalArgumentException notSupported(String name, String capability, String instead) {
        return new IllegalArgumentException("Property '%s' is %s, but %s is not supported by this version. %s"
                .formatted(name, Text.quote(text(name).orElse("")), capability, instead));
    }

    private String secretArn() {
        return text("SecretArn").orElseThrow();
    }

    private Optional<HostName> host() {
        return text("Host")
                .map(host -> HostName.of(host).orElseThrow(() -> wrong("Host", host, "a host name or an IP address")));
    }

    private Optional<Integer> port() {
        return text("Port").map(port -> {
            if (port.matches("[0-9]{1,5}")) {
                int number = Integer.parseInt(port);
                if (number >= 1 && number <= 65_535) {
                    return number;
                }
            }
            throw wrong("Port", port, "a number from 1 to 65535");
        });
    }

    private SslMode sslMode() {
        String[] words = Arrays.stream(SslMode.values()).map(SslMode::word).toArray(String[]::new);
        return SslMode.of(word("SslMode", SslMode.VERIFY_FULL.word(), words)).orElseThrow();
    }

    private Duration lockTimeout() {
        return text("LockTimeout")
                .map(text -> {
                    try {
                        Duration timeout = Duration.parse(text);
                        if (timeout.toMillis() > 0 && timeout.compareTo(LONGEST_LOCK_TIMEOUT) <= 0) {
                            return timeout;
                        }
                    } catch (DateTimeException | ArithmeticException e) {
                        // Refused below, with the same words as a duration out of range.
                    }
                    throw wrong("LockTimeout", text, "an ISO-8601 duration from PT0.001S to P24D, such as 'PT5S'");
                })
                .orElse(Duration.ofSeconds(5));
    }

    private Map<String, String> parameters() {
        Object value = values.get("Parameters");
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(
                    "Property 'Parameters' must be a map of parameter names to texts, got " + shape(value));
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        map.forEach((name, parameter) -> {
            if (!isScalar(parameter)) {
                throw new IllegalArgumentException(
                        "Property 'Parameters' must be a map of parameter names to texts, but %s is %s"
                                .formatted(Text.quote(String.valueOf(name)), shape(parameter)));
            }
            parameters.put(String.valueOf(name), String.valueOf(parameter));
        });
        return parameters;
    }

    /** A path below the changelog folder, with forward slashes; whether there is such a file is asked later. */
    private Optional<String> relativePath(String name) {
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

    private Optional<String> identifier(String name) {
        return text(name).map(text -> {
            boolean control = text.codePoints().anyMatch(Character::isISOControl);
            if (control || text.getBytes(StandardCharsets.UTF_8).length > IDENTIFIER_BYTES) {
                throw wrong(name, text, "a PostgreSQL name of at most 63 bytes");
            }
            return text;
        });
    }

    private String word(String name, String otherwise, String... allowed) {
        String word = text(name).orElse(otherwise);
        if (!List.of(allowed).contains(word)) {
            throw wrong(
                    name,
                    word,
                    "one of "
                            + Arrays.stream(allowed)
                                    .map(each -> "'" + each + "'")
                                    .collect(Collectors.joining(", ")));
        }
        return word;
    }

    private void checkInstant(String text) {
        if (instant(text).isEmpty()) {
            throw wrong("DeployedAt", text, "an ISO-8601 instant, such as '2026-11-20T10:15:30Z'");
        }
    }

    static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private String textOrEmpty(String name) {
        Object value = values.get(name);
        return value != null && String.valueOf(value).isBlank()
                ? ""
                : text(name).orElse("");
    }

    private Optional<String> text(String name) {
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

    /** CloudFormation sends texts only; other senders of the same event may keep numbers and booleans. */
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

    private static IllegalArgumentException wrong(String name, String value, String allowed) {
        return new IllegalArgumentException(
                "Property '%s' must be %s, got %s".formatted(name, allowed, Text.quote(value)));
    }
}
