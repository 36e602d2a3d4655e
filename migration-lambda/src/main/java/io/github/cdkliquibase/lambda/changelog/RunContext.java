package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.ChangesetLog;
import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.changelog.execution.SessionMemory;
import io.github.cdkliquibase.lambda.changelog.execution.WaysBackOfRun;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Engine;

/**
 * What one run has, over all its attempts and connections.
 *
 * @param start of the run, as {@link System#nanoTime()} gave it
 * @param deploymentId by which the run knows its rows in the history
 * @param progress how far it is
 * @param memory what its changesets have set for later ones
 * @param waysBack the ways back that it keeps
 * @param reasons words its failures
 */
record RunContext(
        Changelog changelog,
        RunOptions options,
        DatabaseConnections connections,
        Engine engine,
        Deadline deadline,
        long start,
        String deploymentId,
        RunProgress progress,
        ChangesetLog log,
        SessionMemory memory,
        WaysBackOfRun waysBack,
        FailureReason reasons) {

    static RunContext of(
            Changelog changelog,
            RunOptions options,
            DatabaseConnections connections,
            Engine engine,
            Deadline deadline,
            String deploymentId) {
        RunProgress progress = new RunProgress();
        return new RunContext(
                changelog,
                options,
                connections,
                engine,
                deadline,
                System.nanoTime(),
                deploymentId,
                progress,
                new ChangesetLog(progress),
                new SessionMemory(),
                new WaysBackOfRun(deploymentId),
                new FailureReason(changelog, progress, engine.failures(), deadline, connections::wasCut));
    }
}
