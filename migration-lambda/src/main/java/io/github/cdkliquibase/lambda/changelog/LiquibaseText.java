package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.regex.Pattern;

/** Makes a message of Liquibase fit to be shown: one line, without SQL, parameters, search paths and class names. */
final class LiquibaseText {

    /** Liquibase's messages carry the statement with every parameter filled in, behind these words. */
    private static final Pattern SQL = Pattern.compile("\\s*\\[Failed SQL:.*", Pattern.DOTALL);

    /** Behind these words Liquibase lists every jar on the class path. */
    private static final Pattern SEARCH_PATH =
            Pattern.compile("(not found) in the configured search path.*", Pattern.DOTALL);

    /** Class names of exceptions that Liquibase puts in front of messages. */
    private static final Pattern CLASS_NAMES = Pattern.compile("\\b(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error): ");

    /** pgjdbc's parser quotes the statement that it could not read. */
    private static final Pattern IN_SQL = Pattern.compile(" in SQL .*", Pattern.DOTALL);

    /** SnakeYAML draws the lines around a fault. */
    private static final Pattern SNIPPET = Pattern.compile("(line \\d+, column \\d+):\\R.*?\\^", Pattern.DOTALL);

    /** A precondition that compares quotes what it found, which may be a row. */
    private static final Pattern FOUND = Pattern.compile("(Expected '.*?' got) '.*'", Pattern.DOTALL);

    /** Behind these words stands the message of an exception, in the middle of a line of the log. */
    private static final Pattern ERROR = Pattern.compile("(but failOnError was false\\.).*", Pattern.DOTALL);

    private LiquibaseText() {}

    static String show(String message, Redaction redaction, int bytes) {
        String text = SQL.matcher(message).replaceAll("");
        text = SEARCH_PATH.matcher(text).replaceAll("$1 in the changelog folder");
        text = IN_SQL.matcher(text).replaceAll("");
        text = SNIPPET.matcher(text).replaceAll("$1");
        text = FOUND.matcher(text).replaceAll("$1 something else");
        text = ERROR.matcher(text).replaceAll("$1");
        text = CLASS_NAMES.matcher(text).replaceAll("");
        return Text.cut(Text.oneLine(redaction.apply(text)), bytes);
    }
}
