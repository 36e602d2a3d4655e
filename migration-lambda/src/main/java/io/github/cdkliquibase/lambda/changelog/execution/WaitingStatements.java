package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementFailedException;
import io.github.cdkliquibase.lambda.engine.Statements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import liquibase.exception.DatabaseException;

/**
 * Statements of a changeset that wait to be sent together in one round trip. Liquibase takes them as executed, so they must be
 * sent before anything depends on them.
 */
final class WaitingStatements {

    /** Between two messages the run looks at the time that is left. */
    private static final int MOST = 100;

    private static final int LONGEST = 1 << 16;

    private final RunSession session;
    private final Statements statements;
    private final List<ChangesetStatement> waiting = new ArrayList<>();
    private int length;
    private Optional<StatementPlace> failedPlace = Optional.empty();

    WaitingStatements(RunSession session, Statements statements) {
        this.session = session;
        this.statements = statements;
    }

    /**
     * Adds a statement if it may wait.
     *
     * @return whether it waits
     */
    boolean take(ChangesetStatement statement) {
        if (!session.canExecuteTogether()
                || !statement.isWritten()
                || !statements.canBeSentWithOthers(statement.sql())) {
            return false;
        }
        waiting.add(statement);
        length += statement.sql().length();
        return true;
    }

    ChangesetExecution.Waiting number() {
        if (waiting.isEmpty()) {
            return ChangesetExecution.Waiting.NONE;
        }
        return waiting.size() >= MOST || length >= LONGEST
                ? ChangesetExecution.Waiting.MANY
                : ChangesetExecution.Waiting.FEW;
    }

    /**
     * Sends the statements.
     *
     * @return what became of them
     * @throws DatabaseException if they could not be sent
     */
    Sent send() throws DatabaseException {
        List<ChangesetStatement> sent = List.copyOf(waiting);
        clear();
        if (sent.isEmpty()) {
            return Sent.ALL;
        }
        if (sent.size() == 1) {
            return execute(sent.get(0));
        }
        try {
            session.executeTogether(sent.stream().map(ChangesetStatement::sql).toList());
            return Sent.ALL;
        } catch (StatementFailedException e) {
            failedPlace = sent.get(e.index()).place();
            return new Sent(sent.size() - 1 - e.index(), Optional.of(new DatabaseException(e.failure())));
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private Sent execute(ChangesetStatement only) {
        try {
            only.execute();
            return Sent.ALL;
        } catch (DatabaseException e) {
            failedPlace = only.place();
            return new Sent(0, Optional.of(e));
        }
    }

    /**
     * What became of the statements.
     *
     * @param notStarted number of statements behind the one that failed
     * @param failure of a statement; empty if all were executed
     */
    record Sent(int notStarted, Optional<DatabaseException> failure) {

        private static final Sent ALL = new Sent(0, Optional.empty());
    }

    /** Forgets the statements: their transaction is rolled back. */
    void clear() {
        waiting.clear();
        length = 0;
    }

    /** The place of the statement that failed; empty if none did. */
    Optional<StatementPlace> failedPlace() {
        return failedPlace;
    }
}
