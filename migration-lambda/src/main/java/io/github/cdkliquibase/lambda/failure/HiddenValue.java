package io.github.cdkliquibase.lambda.failure;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A value of a parameter that is searched in messages, to hide it there. The record holds it in the clear.
 *
 * @param number of the parameter, as in its mark
 * @param text the value, on one line and without its case
 * @param words of the text
 */
record HiddenValue(int number, String text, Set<String> words) {

    /** Matches a word. */
    static final Pattern WORDS = Pattern.compile("[\\p{Alnum}\\p{L}_$]+");

    static HiddenValue of(int number, String value) {
        String text = folded(Text.oneLine(value));
        Set<String> words = new HashSet<>();
        WORDS.matcher(text).results().map(MatchResult::group).forEach(words::add);
        return new HiddenValue(number, text, words);
    }

    /** Whether this many consecutive characters of the value are in a text. */
    boolean sharesWith(String folded, int length) {
        if (folded.length() < length || text.length() < length) {
            return false;
        }
        Set<String> parts = new HashSet<>();
        for (int i = 0; i + length <= folded.length(); i++) {
            parts.add(folded.substring(i, i + length));
        }
        for (int i = 0; i + length <= text.length(); i++) {
            if (parts.contains(text.substring(i, i + length))) {
                return true;
            }
        }
        return false;
    }

    // Leaves out the value and its words.
    @Override
    public String toString() {
        return "HiddenValue[number=" + number + "]";
    }

    /** A text without its case. */
    static String folded(String text) {
        StringBuilder folded = new StringBuilder(text.length());
        text.chars().forEach(each -> folded.append(Character.toLowerCase(Character.toUpperCase((char) each))));
        return folded.toString();
    }
}
