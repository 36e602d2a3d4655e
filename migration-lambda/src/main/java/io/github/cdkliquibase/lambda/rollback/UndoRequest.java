package io.github.cdkliquibase.lambda.rollback;

import io.github.cdkliquibase.lambda.engine.HistoryNames;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.history.ResourceName;
import java.time.Duration;
import java.time.Instant;

/**
 * A request to undo all deploys of a resource that are later than a target.
 *
 * @param history of the changelog
 * @param resource whose deploys are undone
 * @param target the stamp of the deploy that the stack goes back to
 * @param id identifies the rollback: the same when its event is delivered again
 * @param allowsDataLoss whether tables and columns may be dropped in which others have written rows since
 * @param lockTimeout how long a statement waits for a lock before it is tried again
 * @param redaction of the values that no reason shows
 */
public record UndoRequest(
        HistoryNames history,
        ResourceName resource,
        Instant target,
        String id,
        boolean allowsDataLoss,
        Duration lockTimeout,
        Redaction redaction) {}
