package io.github.cdkliquibase.lambda.failure;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces names of parameters in a text by marks while values are searched, so that a value is not found in the name
 * of another parameter.
 */
final class Marks {

    private static final char BEGIN = '\uE000';
    private static final char END = '\uE001';
    private static final char ZERO = '\uE010';

    /** Matches a mark in a text. */
    static final Pattern MARK = Pattern.compile(BEGIN + "([" + ZERO + "-" + (char) (ZERO + 9) + "]+)" + END);

    private static final Pattern ANY = Pattern.compile("[" + BEGIN + END + ZERO + "-" + (char) (ZERO + 9) + "]");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]{1,255})}");

    private final List<String> names;
    private final Map<String, Integer> numbers = new HashMap<>();

    Marks(List<String> names) {
        this.names = names;
        for (int i = 0; i < names.size(); i++) {
            numbers.putIfAbsent(names.get(i).toLowerCase(Locale.ROOT), i);
        }
    }

    /** The mark of a name, by its place in the list. */
    static String mark(int number) {
        StringBuilder mark = new StringBuilder().append(BEGIN);
        String.valueOf(number).chars().forEach(digit -> mark.append((char) (digit - '0' + ZERO)));
        return mark.append(END).toString();
    }

    /** The text without characters that look like a mark. */
    static String withoutMarks(String text) {
        return ANY.matcher(text).replaceAll("?");
    }

    /** The text with marks instead of references to parameters. */
    String marked(String text) {
        return REFERENCE
                .matcher(withoutMarks(text))
                .replaceAll(reference -> Matcher.quoteReplacement(numberOf(String.valueOf(reference.group(1)))
                        .map(Marks::mark)
                        .orElse(reference.group())));
    }

    /** The text with references to parameters instead of marks. */
    String named(String text) {
        String named = MARK.matcher(text)
                .replaceAll(mark ->
                        Matcher.quoteReplacement("${" + names.get(number(String.valueOf(mark.group(1)))) + "}"));
        // Removes the rest of a mark where the text was cut.
        return ANY.matcher(named).replaceAll("");
    }

    private Optional<Integer> numberOf(String name) {
        return Optional.ofNullable(numbers.get(name.strip().toLowerCase(Locale.ROOT)));
    }

    private static int number(String digits) {
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            number = number * 10 + digits.charAt(i) - ZERO;
        }
        return number;
    }
}
