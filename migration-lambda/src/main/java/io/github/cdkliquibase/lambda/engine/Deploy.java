package io.github.cdkliquibase.lambda.engine;

/**
 * A deploy, as the history of deploys names it.
 *
 * @param id Liquibase's deployment id of the run
 * @param resource identifies the custom resource
 * @param stack name of its stack; empty if the event does not have it
 * @param logicalId its name in the stack; empty if the event does not have it
 * @param requestId of the event; empty if the event does not have it
 * @param stamp the property {@code DeployedAt}; empty if it is not set
 * @param functionVersion of this product
 * @param digests of what the deploy is made of
 */
public record Deploy(
        String id,
        String resource,
        String stack,
        String logicalId,
        String requestId,
        String stamp,
        String functionVersion,
        DeployDigests digests) {

    /** The same deploy with other digests. */
    public Deploy with(DeployDigests others) {
        return new Deploy(id, resource, stack, logicalId, requestId, stamp, functionVersion, others);
    }
}
