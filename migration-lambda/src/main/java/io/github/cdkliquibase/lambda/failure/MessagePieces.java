package io.github.cdkliquibase.lambda.failure;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.IntStream;

/**
 * Hides pieces of values in a message of the server, in which the whole values are marks already.
 *
 * <p>Inside quotes, for a statement that holds a value, only text of the changelog and names of database objects are
 * shown. For other statements, and outside quotes, everything is shown except text that is found in a value.
 */
final class MessagePieces {

    /** This many consecutive characters of a value count as a piece of it, even inside a longer word. */
    private static final int PIECE = 6;

    /** The same in the words of a statement that holds a value. */
    private static final int PIECE_OF_FILLED_IN = 4;

    /** A shorter word outside quotes counts as a piece only if it is a whole word of a value. */
    private static final int WORD = 4;

    /** A message with more hidden words outside quotes is not useful any more. */
    private static final int MOST_HIDDEN_WORDS = 2;

    private static final String HIDDEN = "…";
    private static final String NOTHING_SHOWN =
            "the server's message is not shown, because it repeats values of parameters";

    private final List<HiddenValue> values;

    MessagePieces(List<String> texts) {
        this.values = IntStream.range(0, texts.size())
                .mapToObj(number -> HiddenValue.of(number, texts.get(number)))
                .toList();
    }

    String hidden(String message, Set<String> names, ChangelogText statement) {
        return new Message(names, statement).hidden(message);
    }

    /** One message and the statement that it is about. */
    private final class Message {

        private final Set<String> names = new HashSet<>();
        private final String known;
        private final boolean isFilledIn;
        private int hiddenWords;

        Message(Set<String> names, ChangelogText statement) {
            names.forEach(name -> this.names.add(HiddenValue.folded(name)));
            this.known = HiddenValue.folded(Text.oneLine(statement.text()));
            this.isFilledIn = statement.isFilledIn();
        }

        String hidden(String message) {
            String shown = QuoteReplacer.replace(message, this::quoted, this::unquoted);
            return hiddenWords > MOST_HIDDEN_WORDS ? NOTHING_SHOWN : shown;
        }

        private String quoted(String part) {
            String bare = HiddenValue.folded(part.strip());
            String rest = Marks.MARK.matcher(bare).replaceAll("").strip();
            if (rest.isEmpty() || isKnown(bare)) {
                return part;
            }
            boolean isPiece = values.stream().anyMatch(value -> value.text().contains(rest));
            if (!isPiece && names.contains(bare)) {
                return part;
            }
            if (isFilledIn || isPiece || values.stream().anyMatch(value -> value.sharesWith(rest, PIECE))) {
                return name(rest).orElse(HIDDEN);
            }
            return part;
        }

        private String unquoted(String part) {
            return HiddenValue.WORDS.matcher(part).replaceAll(word -> Matcher.quoteReplacement(word(word.group())));
        }

        private String word(String word) {
            String bare = HiddenValue.folded(word);
            boolean isNumber = bare.length() < WORD && bare.chars().allMatch(each -> each >= '0' && each <= '9');
            if (isNumber || ServerWords.areAll(bare) || isKnown(bare) || !isPiece(bare)) {
                return word;
            }
            hiddenWords++;
            return name(bare).orElse(HIDDEN);
        }

        private boolean isPiece(String bare) {
            int shared = isFilledIn ? PIECE_OF_FILLED_IN : PIECE;
            return values.stream()
                    .anyMatch(value -> value.words().contains(bare)
                            || (bare.length() >= WORD && value.text().contains(bare))
                            || value.sharesWith(bare, shared));
        }

        // Only as a whole word.
        private boolean isKnown(String bare) {
            for (int at = known.indexOf(bare); at >= 0; at = known.indexOf(bare, at + 1)) {
                int end = at + bare.length();
                if (!(isInWord(known, at - 1) && isInWord(bare, 0))
                        && !(isInWord(known, end) && isInWord(bare, bare.length() - 1))) {
                    return true;
                }
            }
            return false;
        }

        private static boolean isInWord(String text, int at) {
            return at >= 0
                    && at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
        }

        private Optional<String> name(String bare) {
            return values.stream()
                    .filter(value -> value.text().contains(bare))
                    .findFirst()
                    .or(() -> values.stream()
                            .filter(value -> value.sharesWith(bare, PIECE_OF_FILLED_IN))
                            .findFirst())
                    .map(value -> Marks.mark(value.number()));
        }
    }
}
