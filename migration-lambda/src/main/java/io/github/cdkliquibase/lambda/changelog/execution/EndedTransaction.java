package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.Engine;
import io.github.cdkliquibase.lambda.engine.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import liquibase.exception.DatabaseException;

/** Whether statements of a changeset have ended its transaction by themselves, and what became of it. */
final class EndedTransaction {

    private final Engine engine;
    private final Connection connection;
    private boolean isCommitted;
    private Optional<Transactions.Mark> mayHaveEnded = Optional.empty();

    EndedTransaction(Engine engine, Connection connection) {
        this.engine = engine;
        this.connection = connection;
    }

    /**
     * Executes a statement that may end the transaction. A text that was not split may write and commit in one message, so its
     * transaction gets an identifier before it writes.
     */
    void execute(ChangesetStatement next) throws SQLException, DatabaseException {
        mayHaveEnded = engine.statements().kindOf(next.sql()).isOfTransactions()
                ? engine.transactions().markIfWritten(connection)
                : Optional.of(engine.transactions().mark(connection));
        next.execute();
        settle();
    }

    /** Finds out whether the transaction that a statement may have ended was committed. */
    void settle() throws SQLException {
        if (mayHaveEnded.isPresent() && mayHaveEnded.get().isCommitted(connection)) {
            isCommitted = true;
        }
        mayHaveEnded = Optional.empty();
    }

    /** Whether a statement has committed the transaction. */
    boolean isCommitted() {
        return isCommitted;
    }

    /** Whether a statement has committed the transaction, or has failed in a way that leaves it open. */
    boolean mayBeCommitted() {
        return isCommitted || mayHaveEnded.isPresent();
    }
}
