package io.github.cdkliquibase.lambda.engine;

/**
 * A row of Liquibase's history.
 *
 * @param deployment that wrote it
 * @param isMarkedOnly whether the changeset was marked as run without being executed
 */
public record HistoryEntry(ChangesetKey changeset, String deployment, boolean isMarkedOnly) {}
