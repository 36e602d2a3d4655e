package io.github.cdkliquibase.lambda.engine;

/** How to execute a statement of a changeset outside a transaction exactly once. */
public enum StatementKind {
    /** Can run in a separate transaction. */
    PLAIN,
    /** Refuses to run in a transaction, or may end its transaction. */
    ALONE,
    /** Changes only the session; a new session needs it again. */
    SESSION,
    /** Begins a transaction. */
    BEGIN,
    /** Commits a transaction. */
    COMMIT,
    /** Prepares a transaction for a {@code COMMIT PREPARED}. */
    PREPARE,
    /** Rolls back a transaction. */
    ROLLBACK,
    /** Sets, releases or goes back to a savepoint: belongs to the transaction that is open. */
    SAVEPOINT;

    /** Whether it controls a transaction. */
    public boolean isOfTransactions() {
        return this == BEGIN || this == SAVEPOINT || endsATransaction();
    }

    /** Whether it ends a transaction. */
    public boolean endsATransaction() {
        return this == COMMIT || this == PREPARE || this == ROLLBACK;
    }
}
