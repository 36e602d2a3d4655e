package io.github.cdkliquibase.lambda.engine;

/**
 * A row of the history of deploys.
 *
 * @param id Liquibase's id of the deploy
 * @param stamp the property {@code DeployedAt} of the deploy; empty if it was not set
 * @param isCreation whether it was the first deploy of its resource
 * @param begunAt from when on other transactions count as later, as the table's engine names transactions; empty if it is not known
 */
public record NotedDeploy(String id, String stamp, boolean isCreation, String begunAt) {}
