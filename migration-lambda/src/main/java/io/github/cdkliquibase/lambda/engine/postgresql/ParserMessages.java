package io.github.cdkliquibase.lambda.engine.postgresql;

import io.github.cdkliquibase.lambda.failure.FailureKind;
import java.util.regex.Pattern;

/** Messages about a statement that the parser of the driver or of the server could not read. */
final class ParserMessages {

    /** The driver's parser quotes the statement that it could not read. */
    private static final Pattern IN_SQL = Pattern.compile(" in SQL .*", Pattern.DOTALL);

    /** Messages of the driver's parser. They may be shown without the statement that they quote at their end. */
    private static final Pattern OF_THE_PARSER = Pattern.compile(
            "Unterminated .* started at position \\d+.*|COPY commands are only supported.*", Pattern.DOTALL);

    private ParserMessages() {}

    /** Whether the driver's parser made a message. */
    static boolean isOfTheDriver(String message) {
        return OF_THE_PARSER.matcher(message).matches();
    }

    /** A message of the driver's parser without the statement at its end. */
    static String withoutStatement(String message) {
        return IN_SQL.matcher(message).replaceFirst("");
    }

    /** The kind of a message of either parser. */
    static FailureKind kind(String text) {
        if (text.startsWith("Unterminated dollar") || text.startsWith("unterminated dollar")) {
            return FailureKind.UNTERMINATED_DOLLAR_QUOTE;
        }
        if (text.startsWith("Unterminated") || text.startsWith("unterminated quoted")) {
            return FailureKind.UNTERMINATED_QUOTE;
        }
        return text.contains("COPY commands are only supported") ? FailureKind.COPY_FROM_CLIENT : FailureKind.OTHER;
    }
}
