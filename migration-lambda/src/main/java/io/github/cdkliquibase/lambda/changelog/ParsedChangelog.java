package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetExecutor;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetListener;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.engine.HistoryState;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import liquibase.ChecksumVersion;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.RanChangeSet;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.executor.ExecutorService;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;
import liquibase.resource.ResourceAccessor;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.DatabaseFunction;
import liquibase.statement.core.InsertStatement;
import org.jspecify.annotations.Nullable;

/** A changelog that was read for a run. */
final class ParsedChangelog {

    private final DatabaseChangeLog databaseChangeLog;
    private final ParameterValues parameters;
    private final Contexts contexts;
    private final LabelExpression labels;
    private final SelectedChangesets selected;
    private final boolean dependsOnMore;
    private int leftOut;

    private ParsedChangelog(
            DatabaseChangeLog databaseChangeLog,
            ParameterValues parameters,
            Contexts contexts,
            LabelExpression labels) {
        this.databaseChangeLog = databaseChangeLog;
        this.parameters = parameters;
        this.contexts = contexts;
        this.labels = labels;
        this.selected = new SelectedChangesets(databaseChangeLog, contexts, labels);
        // Now: changesets that have run are left out of a later attempt.
        this.dependsOnMore = asks(databaseChangeLog.getPreconditions())
                || databaseChangeLog.getChangeSets().stream()
                        .anyMatch(each -> each.shouldAlwaysRun()
                                || each.getChanges().stream().anyMatch(ParsedChangelog::isForeign));
    }

    static ParsedChangelog read(Changelog changelog, Database database) throws LiquibaseException {
        Contexts contexts = new Contexts(changelog.contexts());
        LabelExpression labels = new LabelExpression(changelog.labelFilter());
        ParameterValues parameters = new ParameterValues(changelog.parameters(), database);
        parameters.setContexts(contexts);
        parameters.setLabels(labels);
        ResourceAccessor files = Scope.getCurrentScope().getResourceAccessor();
        DatabaseChangeLog databaseChangeLog = inScope(
                database,
                () -> ChangeLogParserFactory.getInstance()
                        .getParser(changelog.file(), files)
                        .parse(changelog.file(), parameters, files));
        return new ParsedChangelog(databaseChangeLog, parameters, contexts, labels);
    }

    private static <T> T inScope(Database database, Scope.ScopedRunnerWithReturn<T> work) throws LiquibaseException {
        try {
            return Scope.child(Map.of(Scope.Attr.database.name(), database), work);
        } catch (LiquibaseException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new LiquibaseException(e);
        }
    }

    /** All changesets, including those that contexts, labels and the kind of database exclude. */
    List<ChangeSet> all() {
        return databaseChangeLog.getChangeSets();
    }

    /**
     * Whether the changelog decides by more than its files, the properties and the history: a changeset that runs always, a
     * precondition of the changelog, a change of another library, or the id of the run.
     */
    boolean dependsOnMore() {
        return dependsOnMore || parameters.differInEachRun();
    }

    // An included file without preconditions adds an empty group.
    private static boolean asks(@Nullable Precondition precondition) {
        return precondition instanceof PreconditionLogic group
                ? group.getNestedPreconditions().stream().anyMatch(ParsedChangelog::asks)
                : precondition != null;
    }

    // The checksum of a custom change covers its text in the changelog, and its class is part of the deploy's digests.
    private static boolean isForeign(Change change) {
        return !change.getClass().getName().startsWith("liquibase.")
                && !change.getClass().getName().startsWith(ParsedChangelog.class.getPackageName());
    }

    /** The changeset of a name; empty if the changelog does not have it. */
    Optional<ChangeSet> changeset(String name) {
        return all().stream()
                .filter(each -> ChangesetName.of(each).value().equals(name))
                .findFirst();
    }

    ParameterValues parameters() {
        return parameters;
    }

    /**
     * Excludes {@code runAlways} changesets that have run already: a later attempt of the same run would run them
     * again.
     */
    void leaveOutRepeated(Predicate<ChangesetName> hasRun) {
        int before = all().size();
        all().removeIf(each -> each.shouldAlwaysRun() && hasRun.test(ChangesetName.of(each)));
        leftOut += before - all().size();
        if (before > all().size()) {
            selected.forget();
        }
    }

    /**
     * Checks the changelog as Liquibase does: checksums, duplicates, preconditions.
     *
     * @throws LiquibaseException if it is not valid
     */
    void validate(Database database) throws LiquibaseException {
        databaseChangeLog.validate(database, contexts, labels);
    }

    /** The next question about the history reads it again. */
    static void forgetHistory(Database database) {
        history(database).reset();
    }

    /** The changesets that are not in the history yet, or that run again, by the history as it was read. */
    List<ChangeSet> pending(Database database) throws LiquibaseException {
        return selected.pending(database, history(database).shouldRun());
    }

    /** As {@link #pending}, after the history was read again. */
    List<ChangeSet> pendingNow(Database database) throws LiquibaseException {
        forgetHistory(database);
        return pending(database);
    }

    /** Whether Liquibase must update checksums of older versions in its history, although no changeset is pending. */
    boolean hasOldChecksums(Database database) throws LiquibaseException {
        Map<String, RanChangeSet> old = history(database).getRanChangeSets().stream()
                .filter(ran -> ran.getLastCheckSum() == null
                        || ran.getLastCheckSum().getVersion()
                                < ChecksumVersion.latest().getVersion())
                .collect(Collectors.toMap(
                        ran -> ChangesetName.of(ran).value(), Function.identity(), (one, other) -> one));
        return !old.isEmpty()
                && all().stream()
                        .anyMatch(each -> old.containsKey(ChangesetName.of(each).value()));
    }

    /**
     * Creates or updates the history table. Called with the lock of the run.
     *
     * @param state of the history
     */
    void prepareHistory(Database database, HistoryState state) throws LiquibaseException {
        history(database).makeTable(state.isCurrent());
        inScope(database, () -> {
            history(database).upgradeChecksums(databaseChangeLog, contexts, labels);
            return true;
        });
    }

    /**
     * Executes the pending changesets. Called with the lock of the run, and uses the history as it was read.
     */
    void update(Database database, ChangesetListener listener) throws LiquibaseException {
        loadWhatWritesHistory(database);
        selected.update(database, listener, history(database).shouldRun());
    }

    /** Makes Liquibase use this executor for a database. */
    void executeWith(ChangesetExecutor executor, Database database) {
        executor.setDatabase(database);
        Scope.getCurrentScope().getSingleton(ExecutorService.class).setExecutor("jdbc", database, executor);
    }

    // A cold function would otherwise load these classes while the first changeset holds its table locks.
    private static void loadWhatWritesHistory(Database database) {
        SqlGeneratorFactory.getInstance()
                .generateSql(
                        new InsertStatement(
                                        null,
                                        LiquibaseTables.schema(database),
                                        database.getDatabaseChangeLogTableName())
                                .addColumnValue("ID", "")
                                .addColumnValue("ORDEREXECUTED", 0)
                                .addColumnValue("DATEEXECUTED", new DatabaseFunction("NOW()")),
                        database);
    }

    /** Writes the row of a changeset that an earlier run committed without a row. */
    void record(ChangeSet changeSet, Database database) throws LiquibaseException {
        ExecType how = history(database).getRanChangeSet(changeSet) == null ? ExecType.EXECUTED : ExecType.RERAN;
        history(database).setExecType(changeSet, how);
    }

    /** The number of changesets, after contexts, labels and the kind of database. */
    int total(Database database) throws LiquibaseException {
        return selected.all(database).size() + leftOut;
    }

    /** The newest changeset in the history; empty if the history is empty. */
    Optional<ChangesetName> newestInHistory(Database database) throws LiquibaseException {
        List<RanChangeSet> ran = history(database).getRanChangeSets();
        return ran.isEmpty() ? Optional.empty() : Optional.of(ChangesetName.of(ran.get(ran.size() - 1)));
    }

    /** The changesets that the run with this id has executed so far, in their order. */
    List<ChangesetName> appliedBy(String deploymentId, Database database) throws LiquibaseException {
        return history(database).getRanChangeSets().stream()
                .filter(ran -> deploymentId.equals(ran.getDeploymentId()))
                .filter(ran -> ran.getExecType() == ExecType.EXECUTED || ran.getExecType() == ExecType.RERAN)
                .map(ChangesetName::of)
                .toList();
    }

    /**
     * The order number of the newest changeset in the history, as it was read; 0 if the history is
     * empty.
     */
    int newestOrder(Database database) throws LiquibaseException {
        return history(database).getRanChangeSets().stream()
                .mapToInt(ParsedChangelog::order)
                .max()
                .orElse(0);
    }

    /**
     * Reads the history again and says whether another run has added a row.
     *
     * @param order of the newest changeset when this run began
     * @param deploymentId of this run
     */
    boolean isWrittenByOthers(int order, String deploymentId, Database database) throws LiquibaseException {
        history(database).reset();
        return history(database).getRanChangeSets().stream()
                .anyMatch(ran -> order(ran) > order && !deploymentId.equals(ran.getDeploymentId()));
    }

    private Set<ChangesetName> names() {
        return all().stream().map(ChangesetName::of).collect(Collectors.toSet());
    }

    private static int order(RanChangeSet ran) {
        return ran.getOrderExecuted() == null ? 0 : ran.getOrderExecuted();
    }

    /** The changesets of the history that the changelog does not have, the newest first. */
    List<ChangesetName> unknownInHistory(Database database) throws LiquibaseException {
        Set<ChangesetName> known = names();
        return history(database).getRanChangeSets().reversed().stream()
                .map(ChangesetName::of)
                .filter(name -> !known.contains(name))
                .toList();
    }

    /** Whether the history has one of the changesets of the changelog. */
    boolean isInHistory(Database database) throws LiquibaseException {
        Set<ChangesetName> known = names();
        return history(database).getRanChangeSets().stream()
                .map(ChangesetName::of)
                .anyMatch(known::contains);
    }

    /**
     * Identifies the changeset's row in the history, which shows whether another tool has run it since; empty if there
     * is no row.
     */
    String historyRow(ChangeSet changeSet, Database database) {
        try {
            RanChangeSet ran = history(database).getRanChangeSet(changeSet);
            return ran == null ? "" : "%s %s".formatted(ran.getOrderExecuted(), ran.getDateExecuted());
        } catch (LiquibaseException e) {
            throw new MigrationException(
                    "The history could not be asked for changeset " + Text.quote(changeSet.toString(false)), e);
        }
    }

    private static RunHistoryService history(Database database) {
        return (RunHistoryService) Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .getChangeLogService(database);
    }
}
