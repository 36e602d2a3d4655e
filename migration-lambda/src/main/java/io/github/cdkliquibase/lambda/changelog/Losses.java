package io.github.cdkliquibase.lambda.changelog;

import java.util.Optional;

/** Counts consecutive losses of the connection in one statement of one changeset. */
final class Losses {

    private Optional<String> place = Optional.empty();
    private int times;

    /**
     * Counts a loss.
     *
     * @param now where it happened; empty between changesets
     * @return how many there were in a row in this place; 0 between changesets
     */
    int count(Optional<String> now) {
        times = now.isPresent() && now.equals(place) ? times + 1 : 1;
        place = now;
        return now.isPresent() ? times : 0;
    }
}
