package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetExecutions;
import io.github.cdkliquibase.lambda.changelog.execution.ChangesetName;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.history.UnfinishedChangesets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recovers unfinished work of earlier runs, before the first changeset starts and its preconditions are checked: drops
 * invalid indexes, writes missing rows, and removes records that are out of date.
 */
final class UnfinishedRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedRecovery.class);

    private final Engine engine;
    private final UnfinishedChangesets unfinished;
    private final ParsedChangelog changelog;
    private final Database database;
    private final IndexRecovery indexes;
    private final Connection connection;

    UnfinishedRecovery(
            Engine engine,
            UnfinishedChangesets unfinished,
            ParsedChangelog changelog,
            Database database,
            RunSession session,
            StatementBounds bounds,
            Deadline deadline) {
        this.engine = engine;
        this.unfinished = unfinished;
        this.changelog = changelog;
        this.database = database;
        this.connection = session.connection();
        this.indexes = new IndexRecovery(engine, unfinished, session, bounds, deadline);
    }

    /**
     * Recovers the unfinished work.
     *
     * @param restart name of a changeset whose record is removed, so that it starts again
     */
    void recover(Optional<String> restart) throws SQLException, LiquibaseException {
        restart.filter(this::isUnknown)
                .ifPresent(name -> warn(
                        "changeset.restart-unknown",
                        name,
                        "'RestartChangeset' names changeset {}, which is not in the changelog, and which no earlier run left unfinished. The form of a name is 'file::id::author'",
                        name));
        for (UnfinishedChangeset left : unfinished.entries()) {
            recover(indexes.withoutInvalidIndex(left), restart);
        }
    }

    private void recover(UnfinishedChangeset now, Optional<String> restart) throws SQLException, LiquibaseException {
        Optional<ChangeSet> changeSet = changelog.changeset(now.name());
        if (now.isEmpty()) {
            unfinished.noteOrForget(now);
        } else if (restart.filter(now.name()::equals).isPresent()) {
            restart(now);
        } else if (changeSet.isEmpty()) {
            warnOfUnknown(now);
        } else if (!changelog.historyRow(changeSet.get(), database).equals(now.historyRow())) {
            removeFinishedElsewhere(now);
        } else if (now.whole()) {
            finish(changeSet.get(), now);
        }
    }

    private void restart(UnfinishedChangeset now) throws SQLException {
        warn(
                "changeset.restarted",
                now.name(),
                "Changeset {} starts again from its first statement, because 'RestartChangeset' names it",
                now.name());
        remove(now);
    }

    private void removeFinishedElsewhere(UnfinishedChangeset now) throws SQLException {
        warn(
                "changeset.finished-elsewhere",
                now.name(),
                "Changeset {} was left unfinished, and another tool has run it since",
                now.name());
        remove(now);
    }

    private boolean isUnknown(String name) {
        return changelog.changeset(name).isEmpty() && unfinished.entry(name).isEmpty();
    }

    private void remove(UnfinishedChangeset left) throws SQLException {
        unfinished.forget(left.name());
        connection.commit();
    }

    // The whole changeset was committed, and a crash prevented its row.
    private void finish(ChangeSet changeSet, UnfinishedChangeset left) throws SQLException, LiquibaseException {
        warn(
                "changeset.recorded",
                left.name(),
                "An earlier run committed changeset {}, and was cut short before it wrote the row in the history. The row is written now",
                left.name());
        unfinished.forget(left.name());
        changelog.record(changeSet, database);
        connection.commit();
    }

    private void warnOfUnknown(UnfinishedChangeset left) {
        warn(
                "changeset.unfinished",
                left.name(),
                "A changeset of {} was left unfinished after {} of its statements, and this changelog does not have it. The effects of these statements stay. If the changeset will not come back, delete its row in table {}",
                left.origin(),
                left.done(),
                unfinished.table());
    }

    private static void warn(String event, String changeset, String message, Object... arguments) {
        LOG.atWarn()
                .addKeyValue("event", event)
                .addKeyValue("changeset", new ChangesetName(changeset).toString())
                .log(message, arguments);
    }

    /**
     * Creates the table of unfinished changesets if a pending changeset may need it. If it cannot be created, the run
     * continues without it, as plain Liquibase would.
     */
    void createTableFor(List<ChangeSet> pending) throws SQLException {
        if (pending.stream().noneMatch(each -> ChangesetExecutions.mayNeedNotes(each, engine))) {
            return;
        }
        connection.commit();
        Optional<DatabaseMessage> refusal = unfinished.create();
        refusal.ifPresent(why -> LOG.atWarn()
                .addKeyValue("event", "unfinished.unavailable")
                .log(
                        "Table {} could not be created: {}. If a changeset outside a transaction is cut short, the next deploy starts it again from its first statement",
                        Text.quote(unfinished.table()),
                        why.withState()));
    }
}
