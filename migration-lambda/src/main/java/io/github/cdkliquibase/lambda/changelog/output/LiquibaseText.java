package io.github.cdkliquibase.lambda.changelog.output;

import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
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

    /** SnakeYAML draws the lines around a fault, and a caret on a line of its own under them. */
    private static final Pattern SNIPPET =
            Pattern.compile("(line \\d+, column \\d+):\\R(?:.*\\R)*?[ \\t]*\\^[ \\t]*(?=\\R|$)");

    /** A precondition that compares quotes what it found, which may be a row. */
    private static final Pattern FOUND = Pattern.compile("(Expected '[^']*' got) '.*'", Pattern.DOTALL);

    /** Behind these words stands the message of an exception, in the middle of a line of the log. */
    private static final Pattern ERROR = Pattern.compile("(but failOnError was false\\.).*", Pattern.DOTALL);

    /** Class names of exceptions that Liquibase puts in front of messages. */
    private static final Pattern CLASS_NAMES =
            Pattern.compile("\\b(?:[a-z]\\w{0,80}\\.){1,20}[A-Z][\\w$]{0,80}(?:Exception|Error): ");

    private LiquibaseText() {}

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
        text = SNIPPET.matcher(text).replaceAll("$1");
        text = FOUND.matcher(text).replaceAll("$1 something else");
        text = ERROR.matcher(text).replaceAll("$1");
        text = CLASS_NAMES.matcher(text).replaceAll("");
        return Text.cut(Text.oneLine(redaction.apply(text)), bytes);
    }
}
