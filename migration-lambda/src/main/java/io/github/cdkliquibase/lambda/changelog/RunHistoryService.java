package io.github.cdkliquibase.lambda.changelog;

import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.exception.DatabaseException;

/**
 * Liquibase's service of the history, which makes its table only when the run has its lock. Liquibase itself makes the table
 * while it reads a changelog.
 *
 * <p>Public, with a public constructor, because Liquibase makes it by reflection from the service file of the artifact.
 */
public final class RunHistoryService extends StandardChangeLogHistoryService {

    private boolean mayMakeTable;

    /** Called by Liquibase. */
    public RunHistoryService() {}

    @Override
    public int getPriority() {
        return PRIORITY_DATABASE;
    }

    @Override
    public void init() throws DatabaseException {
        if (mayMakeTable) {
            super.init();
        }
    }

    /** Makes the table, or brings it up to date. Called with the lock of the run. */
    void makeTable() throws DatabaseException {
        mayMakeTable = true;
        init();
    }
}
