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

    private final List<RanChangeSet> known = new ArrayList<>();

    /**
     * The first row of a changeset.
     *
     * @param history all rows, as Liquibase has them now
     * @return null if there is none, as Liquibase expects it
     */
    @Nullable RanChangeSet find(ChangeSet changeSet, List<RanChangeSet> history) {
        if (!continues(history)) {
            byId.clear();
            known.clear();
        }
        for (RanChangeSet row : history.subList(known.size(), history.size())) {
            byId.computeIfAbsent(row.getId(), id -> new ArrayList<>(1)).add(row);
            known.add(row);
        }
        return byId.getOrDefault(changeSet.getId(), List.of()).stream()
                .filter(row -> row.isSameAs(changeSet))
                .findFirst()
                .orElse(null);
    }

    // Liquibase makes new objects when it reads the history again.
    @SuppressWarnings("ReferenceEquality")
    private boolean continues(List<RanChangeSet> history) {
        return known.isEmpty()
                || (known.size() <= history.size()
                        && history.get(0) == known.get(0)
                        && history.get(known.size() - 1) == known.get(known.size() - 1));
    }
}
