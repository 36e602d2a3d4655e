package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.engine.Deploy;
import io.github.cdkliquibase.lambda.history.ResourceName;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of a run.
 *
 * @param lockTimeout how long a statement inside a transaction waits for a table lock, before its changeset is rolled back and
 *     tried again until the deadline
 * @param undefinedParameters what to do if a changelog uses a parameter that has no value
 * @param restartChangeset name of an unfinished changeset that starts again with its first statement
 * @param executeCommand whether the change {@code executeCommand} may run programs
 * @param resource the custom resource that asks for the run
 * @param dropsOnDelete whether that resource drops what it has made when it is deleted
 * @param deploy as the history of deploys names it; empty if it is not noted there
 * @param serverMessages whether the log shows the notices and warnings that the server sends
 */
public record RunOptions(
        Duration lockTimeout,
        UndefinedParameters undefinedParameters,
        Optional<String> restartChangeset,
        ExecuteCommand executeCommand,
        ResourceName resource,
        boolean dropsOnDelete,
        Optional<Deploy> deploy,
        boolean serverMessages) {

    /** The treatment of a parameter that a changelog uses and that has no value. */
    public enum UndefinedParameters {
        /** {@code ${name}} stays as it is, as with plain Liquibase, and a warning is logged. */
        KEEP,
        /** The run is refused. */
        REFUSE
    }

    /** Whether the change {@code executeCommand} may run programs in the function. */
    public enum ExecuteCommand {
        /** The run is refused. */
        REFUSE,
        /** They run, without the variables of the function's environment. */
        ALLOW
    }
}
