package io.github.cdkliquibase.localdeploy.differential;

import java.util.Arrays;
import java.util.Locale;

/** What of two deploys is compared. */
public enum Facet {
    /** Whether the deploy succeeded. */
    OUTCOME,
    /** Every object of the database and how it is defined, by the catalogs. */
    SCHEMA,
    /** Whose the objects are. */
    OWNERS,
    /** Who may do what with them. */
    RIGHTS,
    /** The rows of every table, and where the sequences are. */
    ROWS,
    /** Indexes that a failed build left behind. */
    INVALID,
    /** Liquibase's history without times. */
    HISTORY,
    /** Whether the order of the history by date is the order of its numbers. */
    ORDER,
    /** The table of Liquibase's lock and what is in it. */
    LOCK;

    static Facet of(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is none of the words %s"
                        .formatted(
                                word, Arrays.stream(values()).map(Facet::word).toList())));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
