package io.github.cdkliquibase.lambda.rollback;

/**
 * How a rollback ended.
 *
 * @param changesets how many were rolled back
 * @param reason why not all of them were, as a sentence without its last dot; empty if they were
 */
public record UndoReport(int changesets, String reason) {}
