package io.github.cdkliquibase.lambda.engine.postgresql;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The index that a statement builds concurrently, as the statement names it.
 *
 * @param relation the table, or the index that is rebuilt, as the statement names it
 * @param isIndex whether that is the index
 * @param name of the new index, as the server stores it; empty if the server chooses the name
 */
record WantedIndex(String relation, boolean isIndex, String name) {

    private static final String IDENTIFIER = "(?:\"(?:[^\"]|\"\"){1,130}\"|[\\w$]+)";
    private static final String QUALIFIED = IDENTIFIER + "(?:\\s*\\.\\s*" + IDENTIFIER + ")?";

    private static final Pattern CREATE = pattern("CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+"
            + "(?:(?:IF\\s+NOT\\s+EXISTS\\s+)?(?<name>(?!ON\\b)" + IDENTIFIER + ")\\s+)?ON\\s+(?:ONLY\\s+)?(?<table>"
            + QUALIFIED + ")");

    /** A rebuild creates a second index next to the one that it replaces, with a suffix to its name. */
    private static final Pattern REINDEX =
            pattern("REINDEX\\s+(?:\\((?:[^)]*(?<option>\\bCONCURRENTLY\\b))?[^)]*\\)\\s+)?(?<kind>INDEX|TABLE)\\s+"
                    + "(?<word>CONCURRENTLY\\s+)?(?<table>" + QUALIFIED + ")");

    private static Pattern pattern(String words) {
        return Pattern.compile(words, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS);
    }

    /** Empty if the statement builds no index concurrently. */
    static Optional<WantedIndex> by(String sql) {
        String head = StatementHead.of(sql);
        Matcher create = CREATE.matcher(head);
        if (create.lookingAt()) {
            String name = create.group("name");
            return Optional.of(new WantedIndex(create.group("table"), false, name == null ? "" : asStored(name)));
        }
        return byReindex(head);
    }

    private static Optional<WantedIndex> byReindex(String head) {
        Matcher reindex = REINDEX.matcher(head);
        if (reindex.lookingAt() && (reindex.group("word") != null || reindex.group("option") != null)) {
            return Optional.of(new WantedIndex(
                    reindex.group("table"), reindex.group("kind").equalsIgnoreCase("INDEX"), ""));
        }
        return Optional.empty();
    }

    /** Whether a statement rebuilds indexes, concurrently or not. */
    static boolean isRebuild(String sql) {
        return REINDEX.matcher(StatementHead.of(sql)).lookingAt();
    }

    // PostgreSQL keeps names that are not quoted in lower case.
    private static String asStored(String identifier) {
        return identifier.startsWith("\"")
                ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
                : identifier.toLowerCase(Locale.ROOT);
    }
}
