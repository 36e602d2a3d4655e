package io.github.cdkliquibase.lambda.engine.postgresql;

/**
 * The reason why a run cannot acquire the lock.
 *
 * @param who the start of a sentence for a reason
 * @param advice the next step for a person
 */
record Obstacle(String who, String advice) {}
