package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.Optional;

/** The attempts on one connection have ended without success. */
final class AttemptFailedException extends Exception {

    private static final long serialVersionUID = 1;

    private final MigrationException reason;
    private final transient Optional<DatabaseMessage> loss;
    private final transient Optional<Culprit> culprit;
    private final int statement;

    /**
     * A failure.
     *
     * @param loss what the database said, if its connection was lost
     * @param culprit the changeset that ended the attempt
     * @param statement number of its statement that was begun last, from 1; 0 if none was
     */
    AttemptFailedException(
            MigrationException reason, Optional<DatabaseMessage> loss, Optional<Culprit> culprit, int statement) {
        super(reason);
        this.reason = reason;
        this.loss = loss;
        this.culprit = culprit;
        this.statement = statement;
    }

    MigrationException reason() {
        return reason;
    }

    Optional<DatabaseMessage> loss() {
        return loss;
    }

    Optional<Culprit> culprit() {
        return culprit;
    }

    /** Where the connection was lost: the changeset and its statement; empty between changesets. */
    Optional<String> place() {
        return culprit.map(each -> each.changeset().name().value() + " " + statement);
    }
}
