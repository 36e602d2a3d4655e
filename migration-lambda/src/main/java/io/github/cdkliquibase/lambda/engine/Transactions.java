package io.github.cdkliquibase.lambda.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** How much of a changeset one transaction can hold, and what became of one. */
public interface Transactions {

    /** How much of a changeset one transaction can hold. */
    enum Scope {
        /** The whole changeset with its row in the history. */
        CHANGESET,
        /** One statement with a note of it. */
        STATEMENT
    }

    /** By which the server says later what became of a transaction. */
    @FunctionalInterface
    interface Mark {

        /** Whether the transaction was committed. */
        boolean isCommitted(Connection connection) throws SQLException;
    }

    /** How much of a changeset that asks for a transaction one transaction can hold. */
    Scope scope();

    /** A mark of the open transaction; empty if it has written nothing. */
    Optional<Mark> markIfWritten(Connection connection) throws SQLException;

    /** A mark of the open transaction, whether it has written something or not. */
    Mark mark(Connection connection) throws SQLException;

    /** Checks what a commit of the open transaction would check, such as deferred constraints. */
    void checkBeforeCommit(Connection connection) throws SQLException;
}
