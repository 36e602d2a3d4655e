package io.github.cdkliquibase.lambda.changelog.output;

import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a message of Liquibase fit to be shown: on one line, without SQL, rows, parameters, search paths and class names. */
public final class LiquibaseText {

    /** Liquibase's messages carry the statement with every parameter filled in, behind these words. */
    private static final String SQL = "[Failed SQL:";

    /** Nothing that is shown comes from further behind; the patterns need a bound. */
    private static final int LONGEST = 20_000;

    /** Behind these words Liquibase lists every jar on the class path. */
    private static final Pattern SEARCH_PATH =
            Pattern.compile("(not found) in the configured search path.*", Pattern.DOTALL);

    /** pgjdbc's parser quotes the statement that it could not read. */
    private static final Pattern IN_SQL = Pattern.compile("(at position \\d+) in SQL .*", Pattern.DOTALL);

    /** Behind these words SnakeYAML draws the lines around a fault, and a caret on a line of its own under them. */
    private static final Pattern SNIPPET = Pattern.compile("line \\d+, column \\d+(?=:\\R)");

    /** Sought by itself: one pattern for both would overflow the stack on a text of thousands of lines. */
    private static final Pattern CARET = Pattern.compile("^[ \\t]*+\\^[ \\t]*+$", Pattern.MULTILINE);

    /** A precondition that compares quotes what it found, which may be a row. */
    private static final Pattern FOUND = Pattern.compile("(Expected '[^']*' got) '.*'", Pattern.DOTALL);

    /** Behind these words stands the message of an exception, in the middle of a line of the log. */
    private static final Pattern ERROR = Pattern.compile("(but failOnError was false\\.).*", Pattern.DOTALL);

    /** Class names of exceptions that Liquibase puts in front of messages. */
    private static final Pattern CLASS_NAMES =
            Pattern.compile("\\b(?:[a-z]\\w{0,80}\\.){1,20}[A-Z][\\w$]{0,80}(?:Exception|Error): ");

    private LiquibaseText() {}

    /**
     * The message, fit to be a line of the log. Fails never: what cannot be shown must not end the work that it is about.
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
     * The message, fit to be shown.
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
