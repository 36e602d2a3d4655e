package io.github.cdkliquibase.lambda.cloudformation;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.util.Map;
import java.util.Optional;

/**
 * The work of one kind of custom resource. {@link CustomResourceHandler} calls it once for each event, and turns its outcome, or
 * the exception that it throws, into the answer.
 *
 * <p>The message of a {@link io.github.cdkliquibase.lambda.failure.MigrationException} is the reason of the answer. Of any other
 * exception only the class is shown.
 */
public interface ResourceWork {

    /** Does what a Create asks for, or an Update that is no stack rollback. */
    Outcome apply(CustomResourceEvent event, Deadline deadline);

    /** Does what an Update asks for with which CloudFormation rolls the stack back. A failure leaves the stack in {@code UPDATE_ROLLBACK_FAILED}. */
    Outcome rollBack(CustomResourceEvent event, Deadline deadline);

    /** Does what a Delete asks for. */
    Outcome delete(CustomResourceEvent event, Deadline deadline);

    /**
     * Goes on with a run that an earlier invocation has left unfinished.
     *
     * @return the outcome of the whole run; empty if the earlier invocation has finished it
     */
    default Optional<Outcome> goOn(CustomResourceEvent event, Deadline deadline) {
        return Optional.empty();
    }

    /** Whether an Update leads to a place where no deploy has been yet. False where this cannot be found out. */
    boolean isUntouched(CustomResourceEvent event, Deadline deadline);

    /** Whether work of an event that was answered still goes on, because nothing could stop it. */
    boolean isStuck();

    /**
     * The outcome of an event.
     *
     * @param attributes for {@code Fn::GetAtt}, to which those of every resource are added. All are there in every outcome: a
     *     template that reads one must not fail because nothing ran
     * @param words for the log, as the end of a sentence
     * @param warnings how many the log has
     */
    record Outcome(Map<String, String> attributes, String words, int warnings) {}
}
