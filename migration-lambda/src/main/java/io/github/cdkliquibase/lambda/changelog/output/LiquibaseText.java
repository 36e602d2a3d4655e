package io.github.cdkliquibase.lambda.changelog.output;

import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a message of Liquibase safe to show: on one line, without SQL, rows, parameters, search paths and class names.
 */
public final class LiquibaseText {

    /** After these words, Liquibase's messages hold the statement with every parameter filled in. */
    private static final String SQL = "[Failed SQL:";

    /** The patterns need a bound, and no shown text comes from after it. */
    private static final int LONGEST = 20_000;

    /** After these words Liquibase lists every jar on the class path. */
    private static final Pattern SEARCH_PATH =
            Pattern.compile("(not found) in the configured search path.*", Pattern.DOTALL);

    /** pgjdbc's parser quotes the statement that it could not read. */
    private static final Pattern IN_SQL = Pattern.compile("(at position \\d+) in SQL .*", Pattern.DOTALL);

    /** After these words SnakeYAML quotes the lines around a fault, with a caret on the line below them. */
    private static final Pattern SNIPPET = Pattern.compile("line \\d+, column \\d+(?=:\\R)");

    /** A separate pattern: one pattern for both would overflow the stack on a text of thousands of lines. */
    private static final Pattern CARET = Pattern.compile("^[ \\t]*+\\^[ \\t]*+$", Pattern.MULTILINE);

    /** A comparing precondition quotes the value that it found, which may be a row. */
    private static final Pattern FOUND = Pattern.compile("(Expected '[^']*' got) '.*'", Pattern.DOTALL);

    /** After these words the log line holds the message of an exception. */
    private static final Pattern ERROR = Pattern.compile("(but failOnError was false\\.).*", Pattern.DOTALL);

    /** Class names of exceptions that Liquibase puts in front of messages. */
    private static final Pattern CLASS_NAMES =
            Pattern.compile("\\b(?:[a-z]\\w{0,80}\\.){1,20}[A-Z][\\w$]{0,80}(?:Exception|Error): ");

    private LiquibaseText() {}

    /**
     * The message, safe to show in a line of the log. It never throws: a message that cannot be shown must not end the
     * work.
     *
     * @param bytes longest text to show, in UTF-8
     */
    static String line(String message, Redaction redaction, int bytes) {
        try {
            return show(message, redaction, bytes);
        } catch (RuntimeException | StackOverflowError e) {
            return "A message could not be shown (" + e.getClass().getSimpleName() + ")";
        }
    }

    /**
     * The message, safe to show.
     *
     * @param bytes longest text to show, in UTF-8
     */
    public static String show(String message, Redaction redaction, int bytes) {
        int sql = message.indexOf(SQL);
        String text = (sql < 0 ? message : message.substring(0, sql)).strip();
        text = text.substring(0, Math.min(text.length(), LONGEST));
        text = SEARCH_PATH.matcher(text).replaceAll("$1 in the changelog folder");
        text = IN_SQL.matcher(text).replaceAll("$1");
        text = withoutSnippets(text);
        text = FOUND.matcher(text).replaceAll("$1 something else");
        text = ERROR.matcher(text).replaceAll("$1");
        text = CLASS_NAMES.matcher(text).replaceAll("");
        return Text.cut(Text.oneLine(redaction.apply(text)), bytes);
    }

    private static String withoutSnippets(String text) {
        StringBuilder shown = new StringBuilder();
        Matcher snippet = SNIPPET.matcher(text);
        Matcher caret = CARET.matcher(text);
        int from = 0;
        while (snippet.find(from) && caret.find(snippet.end())) {
            shown.append(text, from, snippet.end());
            from = caret.end();
        }
        return shown.append(text, from, text.length()).toString();
    }
}
