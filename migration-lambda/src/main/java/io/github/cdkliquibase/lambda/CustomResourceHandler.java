package io.github.cdkliquibase.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import io.github.cdkliquibase.lambda.request.DeployStamps;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import software.amazon.lambda.powertools.cloudformation.AbstractCustomResourceHandler;
import software.amazon.lambda.powertools.cloudformation.Response;

/**
 * The protocol of a custom resource, for every kind of resource alike: events in, one answer out. Subclasses implement
 * the work.
 *
 * <p>One class with three doors, chosen by the handler string. {@code handleRequest} is for a function that is the
 * service token itself, and puts its answer to the response URL. {@code onEvent} and {@code isComplete} are for a
 * function behind CDK's {@code Provider}, which answers by itself: they return or throw, and never touch the URL. Each
 * refuses an event that is meant for another.
 */
public abstract class CustomResourceHandler extends AbstractCustomResourceHandler implements RequestStreamHandler {

    private static final int LONGEST_REASON = 1_024;
    private static final int LOGGED_BYTES = 200;

    private static final JsonMapper JSON = new JsonMapper();

    private final Logger log = LoggerFactory.getLogger(getClass());
    private final ResponseUrlClient answers;

    CustomResourceHandler(ResponseUrlClient answers) {
        super(answers);
        this.answers = answers;
    }

    /** Does the work of a Create or an Update. */
    abstract Outcome apply(CustomResourceEvent event, Deadline deadline);

    /** Does the work of a Delete. */
    abstract Outcome delete(CustomResourceEvent event, Deadline deadline);

    /**
     * The outcome of an event that needs no work. Every answer has every attribute: a template that reads one must not
     * fail because nothing ran.
     */
    abstract Outcome nothingRan(CustomResourceEvent event);

    /**
     * The outcome of an event.
     *
     * @param attributes for {@code Fn::GetAtt}, to which those of every resource are added
     * @param words for the log, as the end of a sentence
     * @param warnings how many the log has
     */
    record Outcome(Map<String, String> attributes, String words, int warnings) {}

    // The direct door, as Lambda finds it both under the handler string '…::handleRequest' and under the bare class
    // name: ahead of the base class's method, because it takes streams.
    // It reads the event itself, so that one of a strange shape is answered too, and leaves the protocol to the base
    // class.
    @Override
    public final void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        CustomResourceEvent event = read(input);
        if (event.responseUrl() == null) {
            throw new Refusal("The event has no ResponseURL, so no answer can be sent");
        }
        if (!ResponseUrlClient.canUse(event.responseUrl())) {
            // The base class would quote it.
            throw new Refusal("The event's ResponseURL is not an HTTP URL, so no answer can be sent");
        }
        if (event.serviceToken() != null && !isServiceToken(event, context)) {
            // The function that is the service token answers, and treats this as a failure. An answer of our own would
            // be a second one.
            throw new Refusal(
                    "This function is behind a provider, so its handler must be '%s::onEvent', not '::handleRequest'"
                            .formatted(getClass().getName()));
        }
        Response response = handleRequest(new ReadEvent(event), context);
        if (isStuck()) {
            throw new ProcessEnd("The event is answered. " + ProcessEnd.WHY);
        }
        JSON.writeValue(
                output,
                Map.of(
                        "Status", String.valueOf(response.getStatus()),
                        "PhysicalResourceId", response.getPhysicalResourceId()));
    }

    private static CustomResourceEvent read(InputStream input) throws IOException {
        return EventReader.read(input)
                .filter(event -> event.fault() == null || event.responseUrl() != null)
                .orElseThrow(() -> new Refusal("The event is not a JSON object, so no answer can be sent"));
    }

    @Override
    protected final Response create(CloudFormationCustomResourceEvent event, Context context) {
        return direct(event, context);
    }

    @Override
    protected final Response update(CloudFormationCustomResourceEvent event, Context context) {
        return direct(event, context);
    }

    @Override
    protected final Response delete(CloudFormationCustomResourceEvent event, Context context) {
        return direct(event, context);
    }

    /**
     * The door behind CDK's {@code Provider}, as Lambda finds it under {@code …::onEvent}: ahead of the one with maps, because
     * it takes streams. So the 500 classes of Lambda's own JSON parser stay out of a cold start.
     *
     * @throws IOException if the streams fail
     */
    public final void onEvent(InputStream input, OutputStream output, Context context) throws IOException {
        JSON.writeValue(output, answerProvider(read(input), context));
    }

    /**
     * The door behind CDK's {@code Provider}.
     *
     * @param event as CloudFormation made it
     * @return {@code PhysicalResourceId} and {@code Data}
     * @throws RuntimeException with the reason as its message, if the event could not be done
     */
    public final Map<String, Object> onEvent(Map<String, Object> event, Context context) {
        return answerProvider(CustomResourceEvent.from(event), context);
    }

    private Map<String, Object> answerProvider(CustomResourceEvent read, Context context) {
        if (isServiceToken(read, context)) {
            throw new Refusal(
                    "This function is the service token itself, so its handler must be '%s::handleRequest', not '::onEvent'"
                            .formatted(getClass().getName()));
        }
        return switch (answer(read, context)) {
            case Answer.Success success ->
                Map.of("PhysicalResourceId", success.physicalResourceId(), "Data", success.data());
            case Answer.Failure failure -> {
                if (isStuck()) {
                    log.warn(ProcessEnd.WHY);
                    throw new ProcessEnd(failure.reason());
                }
                throw new Refusal(failure.reason());
            }
        };
    }

    /**
     * Answers the waiter of CDK's {@code Provider}. A run that {@code onEvent} has returned from is complete.
     *
     * @param event with the fields that {@code onEvent} returned
     * @return {@code IsComplete}, and {@code Data} as {@code onEvent} returned it
     */
    public final Map<String, Object> isComplete(Map<String, Object> event, Context context) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("IsComplete", true);
        if (event.get("Data") instanceof Map<?, ?> data) {
            answer.put("Data", data);
        }
        return answer;
    }

    /** An event that was read already. The base class needs one of its own types, with one of three request types. */
    private static final class ReadEvent extends CloudFormationCustomResourceEvent {

        private static final long serialVersionUID = 1;

        private final transient CustomResourceEvent read;

        ReadEvent(CustomResourceEvent read) {
            this.read = read;
            // All three call direct(), which checks the true type.
            setRequestType("Update");
            setResponseUrl(read.responseUrl());
            setStackId(read.stackId());
            setRequestId(read.requestId());
            setLogicalResourceId(read.logicalResourceId());
            setPhysicalResourceId(read.physicalResourceId());
        }
    }

    private Response direct(CloudFormationCustomResourceEvent event, Context context) {
        CustomResourceEvent read = event instanceof ReadEvent given ? given.read : CustomResourceEvent.from(event);
        answers.target(
                Objects.requireNonNull(read.responseUrl(), "ResponseURL"),
                Deadline.in(Duration.ofMillis(context.getRemainingTimeInMillis())));
        return switch (answer(read, context)) {
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

    // The base class ends quietly here, and CloudFormation would wait for an hour.
    @Override
    protected final void onSendFailure(
            CloudFormationCustomResourceEvent event, Context context, @Nullable Response response, Exception failure) {
        throw new Refusal("The answer could not be sent to CloudFormation's response URL (%s)"
                .formatted(ResponseUrlClient.said(failure)));
    }

    // Whether CloudFormation calls this function directly, without a provider in front of it.
    private static boolean isServiceToken(CustomResourceEvent event, Context context) {
        return event.serviceToken() != null && event.serviceToken().equals(context.getInvokedFunctionArn());
    }

    /** An exception for Lambda: only its message is shown. */
    private static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1;

        Refusal(String reason) {
            super(reason, null, false, false);
        }
    }

    /**
     * Tells Lambda's runtime client to end the process when it has handed over the message: it does so after an error
     * of the virtual machine. Lambda starts a new process for the next event.
     */
    private static final class ProcessEnd extends VirtualMachineError {

        private static final long serialVersionUID = 1;

        static final String WHY = "The process ends, because the work of the event could not be stopped";

        ProcessEnd(String message) {
            super(message);
            setStackTrace(new StackTraceElement[0]);
        }
    }

    // All doors use this: nothing escapes from here, including an exhausted memory and a missing class.
    private Answer answer(CustomResourceEvent event, Context context) {
        long startedNanos = System.nanoTime();
        try {
            String version = ProductVersion.current();
            log.atInfo()
                    .addKeyValue("event", "event.started")
                    .addKeyValue("version", version)
                    .log("{} begins, in version {} of cdk-liquibase", cutRequestType(event), version);
            if (event.fault() != null) {
                throw new MigrationException(event.fault());
            }
            Deadline deadline = Deadline.beforeKill(Duration.ofMillis(context.getRemainingTimeInMillis()));
            return switch (event.requestType()) {
                case "Create" -> succeed(event, deploy(event, deadline), version, startedNanos);
                case "Update" ->
                    succeed(
                            event,
                            undone(event, deadline).orElseGet(() -> deploy(event, deadline)),
                            version,
                            startedNanos);
                case "Delete" -> succeed(event, delete(event, deadline), version, startedNanos);
                case null ->
                    throw new MigrationException("RequestType must be 'Create', 'Update' or 'Delete', got nothing");
                default ->
                    throw new MigrationException("RequestType must be 'Create', 'Update' or 'Delete', got "
                            + Text.quote(event.requestType()));
            };
        } catch (Throwable e) {
            return fail(event, e, startedNanos);
        }
    }

    private Outcome deploy(CustomResourceEvent event, Deadline deadline) {
        DeployStamps.of(event.properties(), event.oldProperties()).refuseFuture(Instant.now());
        return apply(event, deadline);
    }

    // A stack rollback leaves the database as it is: older code must not run forward, and the database is read only if
    // the Update leads to another one. Empty for a deploy.
    private Optional<Outcome> undone(CustomResourceEvent event, Deadline deadline) {
        DeployStamps stamps = DeployStamps.of(event.properties(), event.oldProperties());
        if (!stamps.isStackRollback(Instant.now()) || isDeployOfALateClock(event, stamps, deadline)) {
            return Optional.empty();
        }
        log.atWarn()
                .addKeyValue("event", "stack.rollback")
                .log(
                        "The stack is rolled back: the stamp of this event, {}, is earlier than the one that it replaces, {}. If this is a deploy, set the clock of the machine that deploys, and deploy again",
                        stamps.deploy().orElseThrow(),
                        stamps.replaced().orElseThrow());
        Map<String, String> data = new LinkedHashMap<>(nothingRan(event).attributes());
        data.put("StackRollback", "true");
        return Optional.of(new Outcome(data, "the stack is rolled back, and the database stays as it is", 0));
    }

    // A stack rollback leads back to the target of an earlier deploy.
    private boolean isDeployOfALateClock(CustomResourceEvent event, DeployStamps stamps, Deadline deadline) {
        if (!isUntouched(event, deadline)) {
            return false;
        }
        log.atWarn()
                .addKeyValue("event", "clock.late")
                .log(
                        "The stamp of this event, {}, is earlier than the one that it replaces, {}, but its target has no earlier deploy, so this is a deploy and not a stack rollback. The clock of the machine that deploys is behind",
                        stamps.deploy().orElseThrow(),
                        stamps.replaced().orElseThrow());
        return true;
    }

    /** Whether work of an answered event is still running, because nothing could stop it. */
    abstract boolean isStuck();

    /** Whether an Update leads to a target without an earlier deploy. False if this cannot be found out. */
    abstract boolean isUntouched(CustomResourceEvent event, Deadline deadline);

    private Answer succeed(CustomResourceEvent event, Outcome outcome, String version, long startedNanos) {
        long millis = millisSince(startedNanos);
        Map<String, String> data = new LinkedHashMap<>(outcome.attributes());
        data.put("ElapsedMillis", String.valueOf(millis));
        data.put("Version", version);
        // Always set: CloudFormation fails a stack whose template reads a missing attribute.
        data.putIfAbsent("StackRollback", "false");
        try {
            summary(event, "SUCCESS", millis)
                    .addKeyValue("data", data)
                    .addKeyValue("warnings", outcome.warnings())
                    .log("{} succeeded after {} ms: {}", event.requestType(), millis, outcome.words());
        } catch (Throwable e) {
            // The work is committed, even if the log fails.
        }
        return new Answer.Success(event.physicalResourceId(), data);
    }

    // This always returns an answer: the log may have failed, or there may be no memory for a reason.
    private Answer fail(CustomResourceEvent event, Throwable failure, long startedNanos) {
        String reason = "The function failed and could not describe the failure. Its log may show more";
        try {
            reason = reason(failure);
            long millis = millisSince(startedNanos);
            summary(event, "FAILED", millis)
                    .addKeyValue("reason", reason)
                    .setCause(failure)
                    .log("{} failed after {} ms: {}", cutRequestType(event), millis, reason);
        } catch (Throwable e) {
            // Answers with the reason so far.
        }
        return new Answer.Failure(event.physicalResourceId(), reason);
    }

    private static String cutRequestType(CustomResourceEvent event) {
        return Text.cut(Text.oneLine(String.valueOf(event.requestType())), LOGGED_BYTES);
    }

    private LoggingEventBuilder summary(CustomResourceEvent event, String status, long millis) {
        return (status.equals("SUCCESS") ? log.atInfo() : log.atError())
                .addKeyValue("event", "summary")
                .addKeyValue("requestType", cutRequestType(event))
                .addKeyValue("status", status)
                .addKeyValue("physicalResourceId", Text.cut(event.physicalResourceId(), LOGGED_BYTES))
                .addKeyValue("durationMillis", millis);
    }

    // Only our own messages may be shown; for any other exception only its class is shown.
    private static String reason(Throwable failure) {
        String reason = failure instanceof MigrationException
                ? Objects.toString(failure.getMessage(), "")
                : failure.getClass().getName()
                        + Causes.missingClass(failure)
                                .map(name -> ": class " + name + " is missing")
                                .orElse("")
                        + ". The log of the function shows where it happened";
        return Text.cut(Text.oneLine(reason), LONGEST_REASON);
    }

    private static long millisSince(long startedNanos) {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }
}
