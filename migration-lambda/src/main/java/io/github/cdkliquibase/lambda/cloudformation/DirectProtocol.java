package io.github.cdkliquibase.lambda.cloudformation;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.deadline.Rehearsal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import software.amazon.lambda.powertools.cloudformation.Response;

/**
 * The protocol of a function that is the service token itself: one answer to each event, put to its response URL. The base class
 * of the handler puts it there.
 */
final class DirectProtocol {

    private final String handler;
    private final EventExecutor events;
    private final ResponseUrlClient answers;
    private final Rehearsal sdk;
    private Optional<Rehearsal> rehearsal = Optional.empty();

    /**
     * For all events of a function.
     *
     * @param handler name of its class
     * @param answers what the base class sends the answers with
     * @param sdk loads classes of the AWS SDK, some of which the answer needs too
     */
    DirectProtocol(String handler, EventExecutor events, ResponseUrlClient answers, Rehearsal sdk) {
        this.handler = handler;
        this.events = events;
        this.answers = answers;
        this.sdk = sdk;
    }

    /** Begins to load what the first answer of the process needs, while the event is done. */
    void rehearseAnswer(Context context) {
        if (rehearsal.isEmpty()) {
            rehearsal = Optional.of(sdk.then("rehearsal-of-answer", () -> AnswerRehearsal.run(context)));
        }
    }

    /**
     * Takes an event that this function may answer, in the shape that the base class hands back to {@link #respond}.
     *
     * @throws Refusal if there is no way to answer it, or another function answers it
     */
    CloudFormationCustomResourceEvent take(CustomResourceEvent event, Context context) {
        if (event.responseUrl() == null) {
            throw new Refusal("The event has no ResponseURL, so no answer can be sent");
        }
        if (!ResponseUrl.isUsable(event.responseUrl())) {
            // The base class would quote it.
            throw new Refusal("The event's ResponseURL is not an HTTP URL, so no answer can be sent");
        }
        if (event.serviceToken() != null && !event.isSentTo(context.getInvokedFunctionArn())) {
            // The function that is the service token answers, and treats this as a failure. An answer of our own would
            // be a second one.
            throw new Refusal(
                    "This function is behind a provider, so its handler must be '%s::onEvent', not '::handleRequest'"
                            .formatted(handler));
        }
        return new ReadEvent(event);
    }

    /**
     * Does what an event asks for.
     *
     * @param event one that was taken, or any other that the base class was given
     */
    Response respond(CloudFormationCustomResourceEvent event, Context context) {
        CustomResourceEvent read = event instanceof ReadEvent given ? given.read : CustomResourceEvent.from(event);
        Deadline kill = Deadline.in(Duration.ofMillis(context.getRemainingTimeInMillis()));
        answers.target(Objects.requireNonNull(read.responseUrl(), "ResponseURL"), kill);
        Answer answer = events.execute(read, context);
        rehearsal.ifPresent(each -> each.await(Deadline.in(kill.left().dividedBy(2))));
        return switch (answer) {
            case Answer.Success success ->
                Response.builder()
                        .physicalResourceId(success.physicalResourceId())
                        .value(success.data())
                        .build();
            case Answer.Failure failure ->
                Response.builder()
                        .status(Response.Status.FAILED)
                        .physicalResourceId(failure.physicalResourceId())
                        .reason(failure.reason())
                        .build();
        };
    }

    /** An event that was read already. The base class needs one of its own types, with one of three request types. */
    private static final class ReadEvent extends CloudFormationCustomResourceEvent {

        private static final long serialVersionUID = 1;

        private final transient CustomResourceEvent read;

        ReadEvent(CustomResourceEvent read) {
            this.read = read;
            // Any of the three leads to respond(), which looks at the true type.
            setRequestType("Update");
            setResponseUrl(read.responseUrl());
            setStackId(read.stackId());
            setRequestId(read.requestId());
            setLogicalResourceId(read.logicalResourceId());
            setPhysicalResourceId(read.physicalResourceId());
        }
    }
}
