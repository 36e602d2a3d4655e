package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetStatement.Work;
import io.github.cdkliquibase.lambda.engine.postgresql.RunSession;
import java.sql.SQLException;
import liquibase.changelog.ChangeSet.ExecType;
import liquibase.exception.DatabaseException;

/**
 * A changeset outside a transaction on a database where nothing can be noted: its statements are executed as plain Liquibase
 * executes them, and a later run begins the changeset anew.
 */
final class WithoutNotes implements ChangesetExecution {

    private final RunSession session;
    private int statement;
    private int done;

    WithoutNotes(RunSession session) {
        this.session = session;
    }

    @Override
    public void execute(ChangesetStatement next) throws DatabaseException {
        statement++;
        next.execute();
        done = statement;
    }

    @Override
    public void record(ExecType how, Work row) throws DatabaseException {
        try {
            session.beginOwnTransaction();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        row.run();
    }

    @Override
    public boolean canBeRetried() {
        return false;
    }

    @Override
    public Fate fate() {
        return new Fate.PartlyNotNoted(done);
    }

    @Override
    public int statement() {
        return statement;
    }
}
