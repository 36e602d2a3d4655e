package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.RunSession;
import io.github.cdkliquibase.lambda.engine.StatementFailedException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import liquibase.change.Change;
import liquibase.change.core.RawSQLChange;
import liquibase.change.core.SQLFileChange;
import liquibase.exception.DatabaseException;

/**
 * Statements of a changeset that wait to be sent together in one round trip. Liquibase takes them as executed, so they must be
 * sent before anything depends on them.
 */
final class WaitingStatements {

    /** Between two messages the run looks at the time that is left. */
    private static final int MOST = 100;

    private static final int LONGEST = 1 << 16;

    private final Engine engine;
    private final RunSession session;
    private final List<ChangesetStatement> waiting = new ArrayList<>();
    private int length;
    private Optional<DatabaseException> failure = Optional.empty();
    private Optional<StatementPlace> failedPlace = Optional.empty();

    WaitingStatements(Engine engine, RunSession session) {
        this.engine = engine;
        this.session = session;
    }

    /**
     * Adds a statement if it may wait.
     *
     * @return whether it waits
     */
    boolean take(ChangesetStatement statement) throws DatabaseException {
        if (!statement.isWritten()
                || statement.place().filter(place -> isSql(place.change())).isEmpty()
                || !canBeSentTogether(statement.sql())) {
            return false;
        }
        waiting.add(statement);
        length += statement.sql().length();
        return true;
    }

    // Any other change may execute statements by itself, and depend on what they have done.
    private static boolean isSql(Change change) {
        return change.getClass() == RawSQLChange.class || change.getClass() == SQLFileChange.class;
    }

    private boolean canBeSentTogether(String sql) throws DatabaseException {
        try {
            return session.canExecuteTogether() && engine.statements().canBeSentWithOthers(sql);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Whether there is something to send, or a failure to tell again. */
    ChangesetExecution.Waiting state() {
        if (waiting.isEmpty() && failure.isEmpty()) {
            return ChangesetExecution.Waiting.NONE;
        }
        return waiting.size() >= MOST || length >= LONGEST
                ? ChangesetExecution.Waiting.MANY
                : ChangesetExecution.Waiting.FEW;
    }

    /**
     * Sends the statements.
     *
     * @return the number of statements that were not started, because one before them has failed, and the failure. A failure is
     *     returned again until {@link #clear}, in case Liquibase has ignored it
     */
    Sent send() {
        if (failure.isPresent()) {
            return new Sent(0, failure);
        }
        List<ChangesetStatement> sent = List.copyOf(waiting);
        clear();
        if (sent.isEmpty()) {
            return Sent.ALL;
        }
        Sent result = sent.size() == 1 ? execute(sent.get(0)) : execute(sent);
        failure = result.failure();
        return result;
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

    private Sent execute(List<ChangesetStatement> several) {
        try {
            session.executeTogether(
                    several.stream().map(ChangesetStatement::sql).toList());
            return Sent.ALL;
        } catch (StatementFailedException e) {
            failedPlace = several.get(e.index()).place();
            if (engine.failures().kind(e.failure()).passesOnANewConnection()) {
                // The answers to the statements before it may be lost too.
                failedPlace = failedPlace.map(place -> StatementPlace.before(place.change(), place.statements()));
            }
            return new Sent(several.size() - 1 - e.index(), Optional.of(new DatabaseException(e.failure())));
        } catch (SQLException e) {
            return new Sent(0, Optional.of(new DatabaseException(e)));
        }
    }

    /**
     * How the statements were sent.
     *
     * @param notStarted number of statements behind the one that failed
     * @param failure of a statement; empty if all were executed
     */
    record Sent(int notStarted, Optional<DatabaseException> failure) {

        private static final Sent ALL = new Sent(0, Optional.empty());
    }

    /** Forgets the statements and the failure: their transaction is rolled back. */
    void clear() {
        waiting.clear();
        length = 0;
        failure = Optional.empty();
    }

    /** The place of the statement that failed; empty if none did. */
    Optional<StatementPlace> failedPlace() {
        return failedPlace;
    }
}
