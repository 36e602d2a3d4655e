package io.github.cdkliquibase.lambda.cloudformation;

/**
 * An attribute of the answers to one kind of resource, which a template reads with {@code Fn::GetAtt}. An enum for each kind
 * declares all of them.
 */
public interface Attribute {

    /** Its name in a template. */
    String key();

    /** Its value in the answer to an event for which nothing was run. */
    String whenNothingRan();
}
