package io.github.cdkliquibase.lambda.engine;

/**
 * A deploy, as the history of deploys names it.
 *
 * @param id Liquibase's deployment id of the run
 * @param resource identifies the custom resource
 * @param stack name of its stack; empty if the event does not have it
 * @param logicalId its name in the stack; empty if the event does not have it
 * @param requestType of the event: {@code Create} or {@code Update}
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
        String requestType,
        String requestId,
        String stamp,
        String functionVersion,
        DeployDigests digests) {

    /** Whether CloudFormation may undo it: a stack rollback recognises a deploy by its stamp, and deletes what was created. */
    public boolean canBeUndone() {
        return requestType.equals("Update") && !stamp.isEmpty();
    }

    /** The same deploy with other digests. */
    public Deploy with(DeployDigests others) {
        return new Deploy(id, resource, stack, logicalId, requestType, requestId, stamp, functionVersion, others);
    }
}
