package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetListener;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import liquibase.ChecksumVersion;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.RuntimeEnvironment;
import liquibase.change.CheckSum;
import liquibase.changelog.ChangeLogIterator;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.filter.ChangeSetFilter;
import liquibase.changelog.filter.ChangeSetFilterResult;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.changelog.filter.ShouldRunChangeSetFilter;
import liquibase.changelog.visitor.ChangeSetVisitor;
import liquibase.changelog.visitor.ListVisitor;
import liquibase.changelog.visitor.UpdateVisitor;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;

/**
 * The changesets of a changelog that contexts, labels and the kind of database select. A run asks for them several times,
 * and each look at a changeset costs Liquibase a look at its settings, so they are kept.
 */
final class SelectedChangesets {

    private final DatabaseChangeLog changelog;
    private final Contexts contexts;
    private final LabelExpression labels;
    private Optional<List<ChangeSet>> selected = Optional.empty();
    private Optional<Pending> pending = Optional.empty();

    /** The pending changesets, and the history that they were compared with. */
    private record Pending(ShouldRunChangeSetFilter history, List<ChangeSet> changesets) {}

    SelectedChangesets(DatabaseChangeLog changelog, Contexts contexts, LabelExpression labels) {
        this.changelog = changelog;
        this.contexts = contexts;
        this.labels = labels;
    }

    /** All of them, in their order. */
    List<ChangeSet> all(Database database) throws LiquibaseException {
        if (selected.isEmpty()) {
            ListVisitor visitor = new ListVisitor();
            visit(
                    database,
                    visitor,
                    new ContextChangeSetFilter(contexts),
                    new LabelChangeSetFilter(labels),
                    new DbmsChangeSetFilter(database),
                    new IgnoreChangeSetFilter());
            selected = Optional.of(List.copyOf(visitor.getSeenChangeSets()));
        }
        return selected.get();
    }

    /**
     * Those that have not run, or that run again.
     *
     * @param history as it was read
     */
    List<ChangeSet> pending(Database database, ShouldRunChangeSetFilter history) throws LiquibaseException {
        Optional<Pending> known = pending.filter(each -> each.history().equals(history));
        if (known.isEmpty()) {
            known = Optional.of(new Pending(
                    history,
                    all(database).stream()
                            .filter(each -> history.accepts(each).isAccepted())
                            .toList()));
            pending = known;
        }
        return known.get().changesets();
    }

    /** The changelog has lost changesets. */
    void forget() {
        selected = Optional.empty();
        pending = Optional.empty();
    }

    /**
     * Executes those that are pending.
     *
     * @param history as it was read
     */
    void update(Database database, ChangesetListener listener, ShouldRunChangeSetFilter history)
            throws LiquibaseException {
        Set<ChangeSet> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        visited.addAll(pending(database, history));
        all(database).stream().filter(SelectedChangesets::hasOldChecksum).forEach(visited::add);
        visit(database, new UpdateVisitor(database, listener, history), new Only(visited));
    }

    // Liquibase writes its new checksum into the history.
    private static boolean hasOldChecksum(ChangeSet changeSet) {
        CheckSum stored = changeSet.getStoredCheckSum();
        return stored == null || stored.getVersion() < ChecksumVersion.latest().getVersion();
    }

    private void visit(Database database, ChangeSetVisitor visitor, ChangeSetFilter... filters)
            throws LiquibaseException {
        new ChangeLogIterator(changelog, filters).run(visitor, new RuntimeEnvironment(database, contexts, labels));
    }

    /** Selects changesets that are known already. */
    private record Only(Set<ChangeSet> changesets) implements ChangeSetFilter {

        @Override
        public ChangeSetFilterResult accepts(ChangeSet changeSet) {
            return new ChangeSetFilterResult(
                    changesets.contains(changeSet), "", getClass(), getMdcName(), getDisplayName());
        }

        @Override
        public String getMdcName() {
            return "pending";
        }

        @Override
        public String getDisplayName() {
            return "Pending";
        }
    }
}
