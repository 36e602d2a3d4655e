package io.github.cdkliquibase.lambda.failure;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts a changelog parameter's name back where a text shows its value: {@code ${name}}.
 *
 * <p>PostgreSQL quotes what it could not read ({@code invalid input syntax for type integer: "…"}), and Liquibase has
 * filled in the parameters by then; a parameter may be a password.
 */
public final class Redaction {

    private static final int IDENTIFIER_BYTES = 63;

    /** Values shorter than this are only replaced as whole words: as a part of words they would be everywhere. */
    private static final int SHORT = 8;

    /** Of longer values the beginning is looked for, and all behind it goes with it: a pattern of thousands of words overflows the stack. */
    private static final int LONG = 1_000;

    /** Bounds the work of a log line. A key has some fifty lines. */
    private static final int LINES = 1_000;

    private final List<Replacement> replacements;

    private record Replacement(Pattern value, String name, int length) {}

    /**
     * A redaction of these parameters.
     *
     * @param parameters names and values; empty values are left alone
     */
    public Redaction(Map<String, String> parameters) {
        this.replacements = parameters.entrySet().stream()
                .filter(parameter -> !parameter.getValue().isBlank())
                .flatMap(Redaction::replacements)
                // The longest first: a value may hold another one.
                .sorted(Comparator.comparingInt(Replacement::length).reversed())
                .toList();
    }

    // Blanks and line ends may have become one blank, and PostgreSQL writes unquoted names in lower case.
    private static Pattern pattern(String value) {
        String literal = Arrays.stream(beginning(value, LONG).split("\\s+", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("\\s+"));
        String sought = literal;
        if (value.length() < SHORT) {
            sought = "(?<![\\p{Alnum}_])" + literal + "(?![\\p{Alnum}_])";
        } else if (value.length() > LONG) {
            sought = literal + ".*";
        }
        return Pattern.compile(sought, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    }

    // PostgreSQL cuts a name to 63 bytes, and so shows the head of a value that was used as one.
    private static Stream<Replacement> replacements(Map.Entry<String, String> parameter) {
        String name = Matcher.quoteReplacement("${" + parameter.getKey() + "}");
        String value = parameter.getValue().strip();
        String head = head(value);
        Replacement whole = new Replacement(pattern(value), name, value.length());
        Stream<Replacement> parts = head.length() < value.length()
                ? Stream.of(whole, new Replacement(pattern(head), name, head.length()))
                : Stream.of(whole);
        return Stream.concat(parts, lines(value, name));
    }

    // What prints a value line by line shows each line by itself, such as those of a key.
    private static Stream<Replacement> lines(String value, String name) {
        return value.lines().count() == 1
                ? Stream.empty()
                : value.lines()
                        .map(String::strip)
                        .filter(line -> line.length() >= SHORT)
                        .limit(LINES)
                        .map(line -> new Replacement(pattern(line), name, line.length()));
    }

    private static String head(String value) {
        String head = beginning(value, IDENTIFIER_BYTES);
        while (head.getBytes(StandardCharsets.UTF_8).length > IDENTIFIER_BYTES) {
            head = head.substring(0, head.offsetByCodePoints(head.length(), -1));
        }
        return head;
    }

    // Never ends inside of a surrogate pair.
    private static String beginning(String value, int chars) {
        int end = Math.min(value.length(), chars);
        return value.substring(0, value.offsetByCodePoints(0, value.codePointCount(0, end)));
    }

    /** The text without any parameter's value. */
    public String apply(String text) {
        String redacted = text;
        for (Replacement replacement : replacements) {
            redacted = replacement.value().matcher(redacted).replaceAll(replacement.name());
        }
        return redacted;
    }
}
