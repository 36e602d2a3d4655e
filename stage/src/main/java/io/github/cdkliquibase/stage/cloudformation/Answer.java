package io.github.cdkliquibase.stage.cloudformation;

import io.github.cdkliquibase.stage.function.Invocation;
import java.util.Map;

/**
 * What CloudFormation makes of one request.
 *
 * @param status whether the request succeeded
 * @param reason why it did not; empty with {@code SUCCESS}
 * @param physicalResourceId the id that the resource has now; empty if it never got one
 * @param data what {@code Fn::GetAtt} can read
 * @param noEcho whether {@code data} is masked in the console
 * @param invocation how the function ended, which says more than its answer
 */
public record Answer(
        Status status,
        String reason,
        String physicalResourceId,
        Map<String, String> data,
        boolean noEcho,
        Invocation invocation) {

    public Answer {
        data = Map.copyOf(data);
    }

    /** Outcome of a request. */
    public enum Status {
        SUCCESS,
        FAILED,
        /** Nothing arrived at the response URL: the stack would hang until ServiceTimeout has passed. */
        UNANSWERED
    }

    /** Whether the request succeeded. */
    public boolean succeeded() {
        return status == Status.SUCCESS;
    }
}
