package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetConnection;
import java.sql.SQLException;
import java.util.Optional;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.RanChangeSet;
import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.changelog.filter.ShouldRunChangeSetFilter;
import liquibase.exception.DatabaseException;
import liquibase.exception.DatabaseHistoryException;
import liquibase.exception.UnexpectedLiquibaseException;
import org.jspecify.annotations.Nullable;

/**
 * Liquibase's history service, changed to create its table only when the run has the lock. Liquibase itself creates the
 * table while it reads a changelog.
 *
 * <p>Public, with a public constructor, because Liquibase makes it by reflection from the service file of the artifact.
 */
public final class RunHistoryService extends StandardChangeLogHistoryService {

    private boolean mayMakeTable;
    private Optional<Boolean> hasTable = Optional.empty();
    private final RanChangesets ran = new RanChangesets();
    private Optional<ShouldRunChangeSetFilter> shouldRun = Optional.empty();

    /** Called by Liquibase. */
    public RunHistoryService() {}

    @Override
    public int getPriority() {
        return PRIORITY_DATABASE;
    }

    // Liquibase takes a snapshot of the schema for this.
    @Override
    public boolean hasDatabaseChangeLogTable() {
        if (hasTable.isEmpty()) {
            try {
                ChangesetConnection connection =
                        (ChangesetConnection) getDatabase().getConnection();
                hasTable = Optional.of(connection
                        .catalog()
                        .hasTable(
                                LiquibaseTables.schema(getDatabase()),
                                getDatabaseChangeLogTableName(),
                                connection.getUnderlyingConnection()));
            } catch (SQLException e) {
                throw new UnexpectedLiquibaseException(e);
            }
        }
        return hasTable.get();
    }

    @Override
    public void reset() {
        super.reset();
        hasTable = Optional.empty();
        shouldRun = Optional.empty();
    }

    @Override
    public void setExecType(ChangeSet changeSet, ChangeSet.ExecType how) throws DatabaseException {
        super.setExecType(changeSet, how);
        shouldRun = Optional.empty();
    }

    /** Says which changesets are pending, by the history as it was read; the same object until the history changes. */
    ShouldRunChangeSetFilter shouldRun() throws DatabaseException {
        if (shouldRun.isEmpty()) {
            shouldRun = Optional.of(new ShouldRunChangeSetFilter(getDatabase()));
        }
        return shouldRun.get();
    }

    // Liquibase compares each changeset with each row.
    @Override
    public @Nullable RanChangeSet getRanChangeSet(ChangeSet changeSet)
            throws DatabaseException, DatabaseHistoryException {
        return hasDatabaseChangeLogTable() ? ran.find(changeSet, getRanChangeSets()) : null;
    }

    @Override
    public void init() throws DatabaseException {
        if (mayMakeTable) {
            super.init();
        }
    }

    /**
     * Creates or updates the table. Called with the lock of the run.
     *
     * @param isCurrent whether the table needs no change. Liquibase takes a snapshot of it to find that out, with a dozen
     *     queries
     */
    void makeTable(boolean isCurrent) throws DatabaseException {
        mayMakeTable = !isCurrent;
        init();
        hasTable = Optional.empty();
    }
}
