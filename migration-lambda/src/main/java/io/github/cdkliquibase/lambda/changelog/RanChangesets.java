package io.github.cdkliquibase.lambda.changelog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.RanChangeSet;
import org.jspecify.annotations.Nullable;

/** The rows of a history by the id of their changeset. Liquibase appends a row when it has executed a changeset. */
final class RanChangesets {

    /** Liquibase ignores the case of an id in the same way. */
    private final Map<String, List<RanChangeSet>> byId = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private int known;
    private @Nullable RanChangeSet last;

    /**
     * The first row of a changeset.
     *
     * @param history all rows, as Liquibase has them now
     * @return null if there is none, as Liquibase expects it
     */
    @Nullable RanChangeSet find(ChangeSet changeSet, List<RanChangeSet> history) {
        if (!continues(history)) {
            byId.clear();
            known = 0;
        }
        for (RanChangeSet row : history.subList(known, history.size())) {
            byId.computeIfAbsent(row.getId(), id -> new ArrayList<>(1)).add(row);
            last = row;
        }
        known = history.size();
        return byId.getOrDefault(changeSet.getId(), List.of()).stream()
                .filter(row -> row.isSameAs(changeSet))
                .findFirst()
                .orElse(null);
    }

    // Liquibase makes new objects when it reads the history again.
    @SuppressWarnings("ReferenceEquality")
    private boolean continues(List<RanChangeSet> history) {
        return known == 0 || (known <= history.size() && history.get(known - 1) == last);
    }
}
