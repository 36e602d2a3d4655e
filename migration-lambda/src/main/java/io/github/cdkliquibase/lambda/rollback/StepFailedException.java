package io.github.cdkliquibase.lambda.rollback;

import java.sql.SQLException;

/** A step has failed, and nothing of it is left. */
final class StepFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Undo step;
    private final SQLException failure;

    StepFailedException(Undo step, SQLException failure) {
        super(failure);
        this.step = step;
        this.failure = failure;
    }

    Undo step() {
        return step;
    }

    SQLException failure() {
        return failure;
    }
}
