package io.github.cdkliquibase.lambda.engine;

/**
 * The session that held the lock that a statement waited for.
 *
 * @param who it, in words
 * @param advice what a person can do about it
 */
public record Blocker(String who, String advice) {}
