package io.github.cdkliquibase.lambda.engine.postgresql;

/**
 * The session that held the lock that a statement waited for.
 *
 * @param who the session in words
 * @param advice the next step for a person
 */
public record Blocker(String who, String advice) {}
