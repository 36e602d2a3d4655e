package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.IndexBuild;
import io.github.cdkliquibase.lambda.engine.IndexBuild.Result;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementBounds;
import io.github.cdkliquibase.lambda.engine.StatementKind;
import java.sql.SQLException;
import java.util.Optional;
import liquibase.exception.DatabaseException;

/**
 * A changeset outside a transaction on a database where progress cannot be recorded: its statements are executed as in
 * plain Liquibase, and a later run starts the changeset again.
 */
final class WithoutNotes implements ChangesetExecution {

    private final Engine engine;
    private final RunSession session;
    private final StatementBounds bounds;
    private boolean hasBegun;
    private int statement;
    private int done;
    private Optional<IndexBuild> invalidIndex = Optional.empty();

    WithoutNotes(Engine engine, RunSession session, StatementBounds bounds) {
        this.engine = engine;
        this.session = session;
        this.bounds = bounds;
    }

    @Override
    public boolean wantsSql() {
        return true;
    }

    // Also where the changeset asks for a transaction, and the engine has none that holds a changeset.
    @Override
    public boolean autoCommit(boolean wanted) {
        boolean begins = !hasBegun;
        hasBegun = true;
        return begins || wanted;
    }

    @Override
    public void execute(ChangesetStatement next) throws DatabaseException {
        statement++;
        try {
            if (engine.statements().kindOf(next.sql()) == StatementKind.ALONE) {
                executeAlone(next);
            } else {
                next.execute();
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        done = statement;
    }

    private void executeAlone(ChangesetStatement next) throws DatabaseException, SQLException {
        Optional<IndexBuild> build = engine.indexes().of(next.sql(), session.connection());
        try {
            bounds.waitLonger(next::execute);
        } catch (DatabaseException e) {
            try {
                if (build.isPresent() && engine.indexes().result(build.get(), session.connection()) == Result.INVALID) {
                    invalidIndex = build;
                }
            } catch (SQLException unknown) {
                e.addSuppressed(unknown);
            }
            throw e;
        }
    }

    @Override
    public void record(HistoryRow row) throws DatabaseException {
        try {
            session.beginOwnTransaction();
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        row.write();
    }

    @Override
    public boolean canBeRetried() {
        return false;
    }

    @Override
    public Fate fate() {
        return new Fate.PartlyNotNoted(done, statement > done, invalidIndex);
    }

    @Override
    public int statement() {
        return statement;
    }
}
