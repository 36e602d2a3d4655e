package io.github.cdkliquibase.lambda.failure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Cuts and cleans texts for one-paragraph reasons. */
public final class Text {

    /** Longest value of a property that a reason quotes, in characters. */
    private static final int QUOTED = 64;

    private static final String ELLIPSIS = "…";

    private static final Pattern BLANKS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\s]+");

    private Text() {}

    /** A value as a reason quotes it: in single quotes, on one line, cut at 64 characters. */
    public static String quote(String value) {
        String line = oneLine(value);
        boolean cut = line.codePointCount(0, line.length()) > QUOTED;
        return "'" + (cut ? line.substring(0, line.offsetByCodePoints(0, QUOTED)) + ELLIPSIS : line) + "'";
    }

    /** The text as one line: control characters, line and paragraph ends, and runs of blanks become one blank. */
    public static String oneLine(String text) {
        return BLANKS.matcher(text).replaceAll(" ").strip();
    }

    /** The text cut to at most this many bytes of UTF-8, between characters, with an ellipsis if something was cut. */
    public static String cut(String text, int bytes) {
        if (text.getBytes(StandardCharsets.UTF_8).length <= bytes) {
            return text;
        }
        int room = bytes - ELLIPSIS.getBytes(StandardCharsets.UTF_8).length;
        StringBuilder kept = new StringBuilder();
        int used = 0;
        for (int codePoint : text.codePoints().toArray()) {
            int size = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
            if (used + size > room) {
                break;
            }
            kept.appendCodePoint(codePoint);
            used += size;
        }
        return kept + ELLIPSIS;
    }

    /**
     * The first of some items, separated by commas, and how many more there are.
     *
     * @param most how many items are named
     */
    public static String listed(List<String> items, int most) {
        String named = items.stream().limit(most).collect(Collectors.joining(", "));
        return items.size() > most ? "%s and %d more".formatted(named, items.size() - most) : named;
    }
}
