package io.github.cdkliquibase.lambda.changelog;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.RuntimeEnvironment;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.ChangeLogHistoryService;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeLogIterator;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.changelog.FastCheckService;
import liquibase.changelog.RanChangeSet;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.changelog.visitor.ListVisitor;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import liquibase.executor.ExecutorService;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.DatabaseFunction;
import liquibase.statement.core.InsertStatement;

/** A changelog as it was read for one attempt on one database: Liquibase's changesets remember what happened to them. */
final class ParsedChangelog {

    private final Liquibase liquibase;
    private final Database database;
    private final Contexts contexts;
    private final LabelExpression labels;
    private int leftOut;

    private ParsedChangelog(Liquibase liquibase, Database database, Contexts contexts, LabelExpression labels) {
        this.liquibase = liquibase;
        this.database = database;
        this.contexts = contexts;
        this.labels = labels;
    }

    static ParsedChangelog read(Changelog changelog, Database database) throws LiquibaseException {
        Contexts contexts = new Contexts(changelog.contexts());
        LabelExpression labels = new LabelExpression(changelog.labelFilter());
        Liquibase liquibase =
                new Liquibase(changelog.file(), Scope.getCurrentScope().getResourceAccessor(), database);
        changelog.parameters().forEach(liquibase::setChangeLogParameter);
        liquibase.getChangeLogParameters().setContexts(contexts);
        liquibase.getChangeLogParameters().setLabels(labels);
        liquibase.setShowSummary(UpdateSummaryEnum.OFF);
        liquibase.getDatabaseChangeLog();
        return new ParsedChangelog(liquibase, database, contexts, labels);
    }

    /** The names of all its changesets. */
    Set<String> names() throws LiquibaseException {
        return liquibase.getDatabaseChangeLog().getChangeSets().stream()
                .map(changeSet -> changeSet.toString(false))
                .collect(Collectors.toSet());
    }

    /** Leaves out the changesets that run always and have run already: in a later attempt of a run they would run again. */
    void leaveOutRepeated(Predicate<String> hasRun) throws LiquibaseException {
        List<ChangeSet> all = liquibase.getDatabaseChangeLog().getChangeSets();
        int before = all.size();
        all.removeIf(changeSet -> changeSet.shouldAlwaysRun() && hasRun.test(changeSet.toString(false)));
        leftOut = before - all.size();
    }

    /** How many changesets the database does not have yet; asked of the history anew each time. */
    int pending() throws LiquibaseException {
        history().reset();
        return liquibase.listUnrunChangeSets(contexts, labels, false).size();
    }

    void update(ChangesetProgress progress, ChangesetExecutor executor) throws LiquibaseException {
        loadWhatWritesHistory();
        executor.setDatabase(database);
        Scope.getCurrentScope().getSingleton(ExecutorService.class).setExecutor("jdbc", database, executor);
        // Liquibase remembers in the JVM that a changelog's path is up to date, whatever the file holds by now.
        Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
        liquibase.setChangeExecListener(progress);
        liquibase.update(contexts, labels);
    }

    // In a cold function these classes would be loaded while the first changeset holds its table locks.
    private void loadWhatWritesHistory() {
        SqlGeneratorFactory.getInstance()
                .generateSql(
                        new InsertStatement(null, historySchema(), database.getDatabaseChangeLogTableName())
                                .addColumnValue("ID", "")
                                .addColumnValue("ORDEREXECUTED", 0)
                                .addColumnValue("DATEEXECUTED", new DatabaseFunction("NOW()")),
                        database);
    }

    /** The schema of the history tables. */
    String historySchema() {
        return historySchema(database);
    }

    static String historySchema(Database database) {
        return Objects.requireNonNullElse(database.getLiquibaseSchemaName(), "public");
    }

    /** How many changesets there are, after contexts, labels and the kind of database. */
    int total() throws LiquibaseException {
        ListVisitor all = new ListVisitor();
        new ChangeLogIterator(
                        liquibase.getDatabaseChangeLog(),
                        new ContextChangeSetFilter(contexts),
                        new LabelChangeSetFilter(labels),
                        new DbmsChangeSetFilter(database),
                        new IgnoreChangeSetFilter())
                .run(all, new RuntimeEnvironment(database, contexts, labels));
        return all.getSeenChangeSets().size() + leftOut;
    }

    /** The newest changeset in the history as {@code file::id::author}; empty if the history is. */
    String newestInHistory() throws LiquibaseException {
        List<RanChangeSet> ran = history().getRanChangeSets();
        if (ran.isEmpty()) {
            return "";
        }
        return name(ran.get(ran.size() - 1));
    }

    /** The changesets that the run with this id executed so far, in their order, as {@code file::id::author}. */
    List<String> appliedBy(String deploymentId) throws LiquibaseException {
        return history().getRanChangeSets().stream()
                .filter(ran -> deploymentId.equals(ran.getDeploymentId()))
                .filter(ran -> ran.getExecType() == ExecType.EXECUTED || ran.getExecType() == ExecType.RERAN)
                .map(ParsedChangelog::name)
                .toList();
    }

    private static String name(RanChangeSet ran) {
        return ran.getChangeLog() + "::" + ran.getId() + "::" + ran.getAuthor();
    }

    private ChangeLogHistoryService history() {
        return Scope.getCurrentScope()
                .getSingleton(ChangeLogHistoryServiceFactory.class)
                .getChangeLogService(database);
    }
}
