package io.github.cdkliquibase.lambda.failure;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Replaces the parts of a message that are inside quotes, and those outside, in their order.
 *
 * @param quoted replaces text inside quotes
 * @param unquoted replaces text outside quotes
 */
record QuoteReplacer(UnaryOperator<String> quoted, UnaryOperator<String> unquoted) {

    private static final Pattern QUOTE = Pattern.compile("[\"«»„“”]");

    /** Text between two quotes of the server that is not quoted itself: {@code "a" of relation "b"}. */
    private static final Pattern BETWEEN = Pattern.compile(" .* |[,:] ?|[.()]");

    static String replace(String message, UnaryOperator<String> quoted, UnaryOperator<String> unquoted) {
        QuoteReplacer replacer = new QuoteReplacer(quoted, unquoted);
        List<MatchResult> quotes = QUOTE.matcher(message).results().toList();
        if (quotes.isEmpty()) {
            return unquoted.apply(message);
        }
        return arePairs(message, quotes) ? replacer.inPairs(message, quotes) : replacer.fromFirst(message, quotes);
    }

    private String inPairs(String message, List<MatchResult> quotes) {
        StringBuilder shown = new StringBuilder();
        int from = 0;
        for (int i = 0; i < quotes.size(); i++) {
            MatchResult quote = quotes.get(i);
            String part = message.substring(from, quote.start());
            shown.append(i % 2 == 1 ? quoted.apply(part) : unquoted.apply(part)).append(quote.group());
            from = quote.end();
        }
        return shown.append(unquoted.apply(message.substring(from))).toString();
    }

    // From the first quote to the last one, or to the end if the message was cut after the first.
    private String fromFirst(String message, List<MatchResult> quotes) {
        MatchResult first = quotes.getFirst();
        MatchResult last = quotes.getLast();
        int end = quotes.size() == 1 ? message.length() : last.start();
        return unquoted.apply(message.substring(0, first.start()))
                + first.group()
                + quoted.apply(message.substring(first.end(), end))
                + unquoted.apply(message.substring(end));
    }

    // The server does not double a quote inside quoted text, so the end of a quotation may be ambiguous.
    private static boolean arePairs(String message, List<MatchResult> quotes) {
        if (quotes.size() % 2 != 0) {
            return false;
        }
        for (int i = 1; i + 1 < quotes.size(); i += 2) {
            String between =
                    message.substring(quotes.get(i).end(), quotes.get(i + 1).start());
            if (!BETWEEN.matcher(between).matches()) {
                return false;
            }
        }
        return true;
    }
}
