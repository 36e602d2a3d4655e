package io.github.cdkliquibase.lambda.cloudformation;

import java.util.Map;

/** The answer to CloudFormation. */
sealed interface Answer {

    /** The same for every answer to one resource. */
    String physicalResourceId();

    /**
     * The event is done.
     *
     * @param data for {@code Fn::GetAtt}; texts only
     */
    record Success(String physicalResourceId, Map<String, String> data) implements Answer {}

    /**
     * The event could not be done.
     *
     * @param reason at most 1,024 bytes, one paragraph
     */
    record Failure(String physicalResourceId, String reason) implements Answer {}
}
