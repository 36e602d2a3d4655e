package io.github.cdkliquibase.lambda.cloudformation;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.util.Optional;

/**
 * The work of one kind of custom resource. {@link CustomResourceHandler} calls one method for each event, and turns the outcome,
 * or the exception that the method throws, into the answer.
 *
 * <p>The message of a {@link io.github.cdkliquibase.lambda.failure.MigrationException} is the reason of the answer. Of any other
 * exception the answer shows only the class.
 */
public interface ResourceWork {

    /** Does what a Create asks for, or an Update that is no stack rollback. */
    Outcome apply(CustomResourceEvent event, Deadline deadline);

    /**
     * Does what an Update asks for with which CloudFormation rolls the stack back. A failure leaves the stack in
     * {@code UPDATE_ROLLBACK_FAILED}.
     */
    Outcome rollBack(CustomResourceEvent event, Deadline deadline);

    /** Does the work of a Delete. */
    Outcome delete(CustomResourceEvent event, Deadline deadline);

    /**
     * Goes on with the work for an event, when the waiter of CDK's {@code Provider} asks for it.
     *
     * @param event with the fields that the answer to the event held
     * @return the outcome of the whole work; empty if that answer was given at its end
     */
    default Optional<Outcome> goOn(CustomResourceEvent event, Deadline deadline) {
        return Optional.empty();
    }

    /**
     * Whether an Update with an earlier stamp than the one before is a deploy, and not a stack rollback: the resource was never
     * deployed with that stamp, or its target has no earlier deploy. False if this cannot be found out.
     */
    boolean isDeploy(CustomResourceEvent event, Deadline deadline);

    /** Whether work of an answered event is still running, because nothing could stop it. */
    boolean isStuck();

    /**
     * The outcome of an event.
     *
     * @param attributes of the kind of resource, to which the protocol adds the common ones
     * @param words for the log, as the end of a sentence
     * @param warnings how many the log has
     */
    record Outcome(Attributes attributes, String words, int warnings) {}
}
