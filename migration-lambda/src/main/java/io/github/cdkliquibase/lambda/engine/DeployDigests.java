package io.github.cdkliquibase.lambda.engine;

/**
 * Digests of all that decides which changesets are pending, but for the history.
 *
 * @param changelog of the files of the changelog folder
 * @param request of the properties that Liquibase sees
 * @param code of the function and of the jars in its layers
 */
public record DeployDigests(String changelog, String request, String code) {}
