package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.engine.ChangesetKey;
import java.util.List;
import java.util.Optional;

/**
 * One step of a rollback: a changeset is undone.
 *
 * @param deployment that applied it
 * @param statements that undo it
 * @param isMarkedOnly whether the deploy only marked it as run
 * @param rowBefore its row in the history before the deploy; empty if it had none
 */
record Undo(
        ChangesetKey changeset,
        String deployment,
        List<String> statements,
        boolean isMarkedOnly,
        Optional<String> rowBefore) {}
