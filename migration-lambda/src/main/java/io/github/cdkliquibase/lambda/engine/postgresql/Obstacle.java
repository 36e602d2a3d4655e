package io.github.cdkliquibase.lambda.engine.postgresql;

/**
 * What keeps a run from the lock.
 *
 * @param who the start of a sentence for a reason
 * @param advice what a person can do about it
 */
record Obstacle(String who, String advice) {}
