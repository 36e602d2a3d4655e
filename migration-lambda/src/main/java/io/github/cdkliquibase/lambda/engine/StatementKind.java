package io.github.cdkliquibase.lambda.engine;

/** How a statement of a changeset outside a transaction has to be executed, so that it is executed once. */
public enum StatementKind {
    /** Can run in a transaction of its own. */
    PLAIN,
    /** Refuses to run in a transaction, or may end the one that it runs in. */
    ALONE,
    /** Changes the session and nothing else; a new session needs it again. */
    SESSION,
    /** Begins a transaction. */
    BEGIN,
    /** Ends a transaction, and keeps what it did. */
    COMMIT,
    /** Ends a transaction, and keeps what it did until a {@code COMMIT PREPARED}. */
    PREPARE,
    /** Ends a transaction, and takes back what it did. */
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
