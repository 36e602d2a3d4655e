package io.github.cdkliquibase.lambda.failure;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Replaces values of changelog parameters in a text by the parameters' names: {@code ${name}}.
 *
 * <p>PostgreSQL quotes invalid input ({@code invalid input syntax for type integer: "…"}) after Liquibase has filled in
 * the parameters, and a parameter may be a password.
 *
 * <p>A value that consists of common words ({@code not}), and a number of up to three digits, are replaced only in
 * quotes and in paths.
 */
public final class Redaction {

    private static final int IDENTIFIER_BYTES = 63;

    /** Values shorter than this are only replaced as whole words, because they occur inside many words. */
    private static final int SHORT = 8;

    /**
     * For longer values only the beginning is searched, and everything after it is hidden: a pattern of thousands of
     * words overflows the stack.
     */
    private static final int LONG = 1_000;

    /** Limits the work for a log line. A private key has about fifty lines. */
    private static final int LINES = 1_000;

    /** A message of the server may be as long as a value, and a reason shows only its beginning. */
    private static final int LONGEST_MESSAGE = 2_000;

    private static final Pattern SMALL_NUMBER = Pattern.compile("[0-9]{1,3}");

    private static final String NO_WORD_BEFORE = "(?<![\\p{Alnum}_])";
    private static final String NO_WORD_BEHIND = "(?![\\p{Alnum}_])";

    private final List<Replacement> replacements;
    private final Marks marks;
    private final MessagePieces pieces;

    /**
     * Characters directly around a value in quotes, in a path or in an assignment, but not around a word of a sentence.
     */
    private static final String AROUND_A_VALUE = "[\"'/\\\\=]";

    private record Replacement(Pattern value, String mark, int length) {}

    /**
     * Creates a redaction of these parameters.
     *
     * @param parameters names and values; empty values are left alone
     */
    public Redaction(Map<String, String> parameters) {
        List<Map.Entry<String, String>> shown = parameters.entrySet().stream()
                .filter(parameter -> !parameter.getValue().isBlank())
                .toList();
        this.marks = new Marks(shown.stream().map(Map.Entry::getKey).toList());
        this.pieces = new MessagePieces(shown.stream().map(Map.Entry::getValue).toList());
        List<Replacement> all = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            replacements(shown.get(i).getValue().strip(), Marks.mark(i)).forEach(all::add);
        }
        // The longest first: a value may hold another one.
        all.sort(Comparator.comparingInt(Replacement::length).reversed());
        this.replacements = List.copyOf(all);
    }

    // Blanks and line ends may have become one blank, and PostgreSQL writes unquoted names in lower case.
    private static Pattern pattern(String value) {
        String literal = Arrays.stream(beginning(value, LONG).split("\\s+", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("\\s+"));
        String sought = literal;
        if (ServerWords.areAll(value) || SMALL_NUMBER.matcher(value).matches()) {
            sought = "(?<=" + AROUND_A_VALUE + ")" + literal + NO_WORD_BEHIND + "|" + NO_WORD_BEFORE + literal + "(?="
                    + AROUND_A_VALUE + ")";
        } else if (value.length() < SHORT) {
            sought = NO_WORD_BEFORE + literal + NO_WORD_BEHIND;
        } else if (value.length() > LONG) {
            sought = literal + ".*";
        }
        return Pattern.compile(sought, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    }

    // PostgreSQL cuts a name to 63 bytes, and so shows the head of a value that was used as one.
    private static Stream<Replacement> replacements(String value, String mark) {
        String head = head(value);
        Replacement whole = new Replacement(pattern(value), mark, value.length());
        Stream<Replacement> parts = head.length() < value.length()
                ? Stream.of(whole, new Replacement(pattern(head), mark, head.length()))
                : Stream.of(whole);
        return Stream.concat(parts, lines(value, mark));
    }

    // A program may print a value line by line, such as a private key.
    private static Stream<Replacement> lines(String value, String mark) {
        return value.lines().count() == 1
                ? Stream.empty()
                : value.lines()
                        .map(String::strip)
                        .filter(line -> line.length() >= SHORT)
                        .limit(LINES)
                        .map(line -> new Replacement(pattern(line), mark, line.length()));
    }

    private static String head(String value) {
        String head = beginning(value, IDENTIFIER_BYTES);
        while (head.getBytes(StandardCharsets.UTF_8).length > IDENTIFIER_BYTES) {
            head = head.substring(0, head.offsetByCodePoints(head.length(), -1));
        }
        return head;
    }

    // Never ends inside a surrogate pair.
    private static String beginning(String value, int chars) {
        int end = Math.min(value.length(), chars);
        return value.substring(0, value.offsetByCodePoints(0, value.codePointCount(0, end)));
    }

    /** The text without any parameter's value as a whole. */
    public String apply(String text) {
        return replacements.isEmpty() ? text : marks.named(marked(text));
    }

    private String marked(String text) {
        String redacted = Marks.withoutMarks(text);
        for (Replacement replacement : replacements) {
            redacted = replacement.value().matcher(redacted).replaceAll(replacement.mark());
        }
        return redacted;
    }

    /**
     * A message of the server without any piece of a parameter's value. The server splits a value at a quote or a
     * blank, and quotes the piece that it could not read.
     *
     * @param message about the failed statement; it is not shown if it repeats too many pieces
     * @param statement whose words may be shown
     */
    public String ofServer(DatabaseMessage message, ChangelogText statement) {
        if (replacements.isEmpty()) {
            return message.text();
        }
        String beginning = beginning(marked(message.text()), LONGEST_MESSAGE);
        ChangelogText known = new ChangelogText(marks.marked(statement.text()), statement.isFilledIn());
        return marks.named(pieces.hidden(beginning, message.names(), known));
    }
}
