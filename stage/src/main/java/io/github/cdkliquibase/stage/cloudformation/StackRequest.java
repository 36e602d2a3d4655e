package io.github.cdkliquibase.stage.cloudformation;

import java.util.List;

/**
 * A request of a {@link SimulatedStack} to its custom resource.
 *
 * @param event the event
 * @param answers the answer to each delivery of the event; the last one counts
 */
public record StackRequest(CustomResourceEvent event, List<Answer> answers) {

    public StackRequest {
        answers = List.copyOf(answers);
    }

    /** The answer that counts. */
    public Answer answer() {
        return answers.getLast();
    }
}
