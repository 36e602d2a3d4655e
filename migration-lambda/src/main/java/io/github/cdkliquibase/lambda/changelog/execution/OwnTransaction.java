package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.StatementKind;
import io.github.cdkliquibase.lambda.engine.Statements;
import io.github.cdkliquibase.lambda.engine.UnfinishedChangeset;
import java.sql.SQLException;
import liquibase.exception.DatabaseException;

/** The transaction that a changeset outside a transaction begins and ends itself. Its record is part of it. */
final class OwnTransaction {

    private final NotedChangeset changeset;
    private final Statements statements;
    private boolean isOpen;

    OwnTransaction(NotedChangeset changeset, Statements statements) {
        this.changeset = changeset;
        this.statements = statements;
    }

    boolean isOpen() {
        return isOpen;
    }

    void rolledBack() {
        isOpen = false;
    }

    /** Executes a statement that controls a transaction, or that is inside one. */
    void execute(ChangesetStatement next, StatementKind kind) throws DatabaseException, SQLException {
        switch (kind) {
            case BEGIN -> {
                next.execute();
                isOpen = true;
            }
            case COMMIT -> commit(next);
            case PREPARE -> {
                // A record in that transaction would block other sessions until the commit.
                changeset.cannotBeRetried();
                next.execute();
                isOpen = false;
                changeset.write(changeset.done(true));
            }
            case ROLLBACK -> {
                next.execute();
                isOpen = isOpen && statements.beginsTheNext(next.sql());
                if (!isOpen) {
                    changeset.write(changeset.done(changeset.note().touchedDatabase()));
                }
            }
            default -> next.execute();
        }
    }

    private void commit(ChangesetStatement next) throws DatabaseException, SQLException {
        UnfinishedChangeset now = changeset.done(true);
        boolean isNoted = isOpen && changeset.unfinished().noteInTransaction(now);
        changeset.cannotBeRetried();
        next.execute();
        isOpen = isOpen && statements.beginsTheNext(next.sql());
        if (isNoted) {
            changeset.committed(now);
        } else {
            changeset.write(now);
        }
        if (!isOpen) {
            changeset.noteWhatOutlivesItsTransaction();
        }
    }
}
