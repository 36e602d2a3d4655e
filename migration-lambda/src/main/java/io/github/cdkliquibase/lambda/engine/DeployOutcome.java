package io.github.cdkliquibase.lambda.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a deploy has ended that has succeeded.
 *
 * @param history digest of Liquibase's history after it
 * @param settled whether another deploy with the same digests has nothing to do and nothing to warn of
 * @param applied how many changesets it has executed
 * @param total how many changesets the changelog has, after contexts and labels
 * @param newest the newest changeset in the history, as {@code file::id::author}; empty if there is none
 * @param restorePoint just before its first changeset; empty if it executed none
 * @param liquibaseVersion of Liquibase
 * @param duration of the run
 */
public record DeployOutcome(
        String history,
        boolean settled,
        int applied,
        int total,
        String newest,
        Optional<Instant> restorePoint,
        String liquibaseVersion,
        Duration duration) {}
