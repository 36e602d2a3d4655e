package io.github.cdkliquibase.lambda.failure;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts a changelog parameter's name back where a text shows its value: {@code ${name}}.
 *
 * <p>PostgreSQL quotes what it could not read ({@code invalid input syntax for type integer: "…"}), and Liquibase has
 * filled in the parameters by then; a parameter may be a password.
 */
public final class Redaction {

    /** Values shorter than this are only replaced as whole words: as a part of words they would be everywhere. */
    private static final int SHORT = 8;

    private final List<Replacement> replacements;

    private record Replacement(Pattern value, String name) {}

    /**
     * A redaction of these parameters.
     *
     * @param parameters names and values; empty values are left alone
     */
    public Redaction(Map<String, String> parameters) {
        this.replacements = parameters.entrySet().stream()
                .filter(parameter -> !parameter.getValue().isBlank())
                // The longest first: a value may hold another one.
                .sorted(Comparator.comparingInt((Map.Entry<String, String> parameter) ->
                                parameter.getValue().length())
                        .reversed())
                .map(parameter -> new Replacement(
                        pattern(parameter.getValue()), Matcher.quoteReplacement("${" + parameter.getKey() + "}")))
                .toList();
    }

    private static Pattern pattern(String value) {
        String literal = Pattern.quote(value);
        return Pattern.compile(value.length() < SHORT ? "(?<![\\p{Alnum}_])" + literal + "(?![\\p{Alnum}_])" : literal);
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
