package io.github.cdkliquibase.lambda.changelog.execution;

import liquibase.changelog.ChangeSet;

/**
 * The changeset that is being executed, or that was being executed when the run ended.
 *
 * @param changeSet Liquibase's
 * @param name its name
 * @param startedNanos when it started, on the JVM's clock
 */
public record RunningChangeset(ChangeSet changeSet, ChangesetName name, long startedNanos) {

    static RunningChangeset startsNow(ChangeSet changeSet) {
        return new RunningChangeset(changeSet, ChangesetName.of(changeSet), System.nanoTime());
    }

    /** Milliseconds since it started. */
    long millis() {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }
}
