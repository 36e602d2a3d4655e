package io.github.cdkliquibase.lambda.cloudformation;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.cdkliquibase.lambda.cloudformation.ResourceWork.Outcome;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
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
 * The entry points of a custom resource, for every kind of resource alike: events in, one answer out. What there is to do, its
 * {@link ResourceWork} says.
 *
 * <p>One class with three doors, chosen by the handler string. {@code handleRequest} is for a function that is the
 * service token itself, and puts its answer to the response URL. {@code onEvent} and {@code isComplete} are for a
 * function behind CDK's {@code Provider}, which answers by itself: they return or throw, and never touch the URL. Each
 * refuses an event that is meant for another.
 */
public abstract class CustomResourceHandler extends AbstractCustomResourceHandler implements RequestStreamHandler {

    private static final String STACK_ROLLBACK = "StackRollback";
    private static final int LONGEST_REASON = 1_024;
    private static final int LOGGED_BYTES = 200;

    private static final JsonMapper JSON = new JsonMapper();

    private final Logger log = LoggerFactory.getLogger(getClass());
    private final ResourceWork work;
    private final ResponseUrlClient answers;

    /**
     * A handler. It must not fail: a function that does not start answers no event.
     *
     * @param work of the kind of resource, which must not connect to anything before it is called
     */
    protected CustomResourceHandler(ResourceWork work) {
        this(work, new ResponseUrlClient());
    }

    private CustomResourceHandler(ResourceWork work, ResponseUrlClient answers) {
        super(answers);
        this.work = work;
        this.answers = answers;
    }

    // The direct door, as Lambda finds it both under the handler string '…::handleRequest' and under the bare class
    // name: ahead of the base class's method, because it takes streams.
    // It reads the event itself, so that one of a strange shape is answered too, and leaves the protocol to the base
    // class.
    @Override
    public final void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
        CustomResourceEvent event = read(input);
        if (event.responseUrl() == null) {
            throw new Refusal("The event has no ResponseURL, so nobody can be answered");
        }
        if (!ResponseUrlClient.canUse(event.responseUrl())) {
            // The base class would quote it.
            throw new Refusal("The event's ResponseURL is no HTTP URL, so nobody can be answered");
        }
        if (event.serviceToken() != null && !isServiceToken(event, context)) {
            // Whoever is the service token answers, and takes this for a failure. An answer of our own would be a
            // second one.
            throw new Refusal(
                    "This function is behind a provider, so its handler must be '%s::onEvent', not '::handleRequest'"
                            .formatted(getClass().getName()));
        }
        Response response = handleRequest(new ReadEvent(event), context);
        if (work.isStuck()) {
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
                .orElseThrow(() -> new Refusal("The event is no JSON object, so nobody can be answered"));
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
                if (work.isStuck()) {
                    log.warn(ProcessEnd.WHY);
                    throw new ProcessEnd(failure.reason());
                }
                throw new Refusal(failure.reason());
            }
        };
    }

    /**
     * The entry point for the waiter of CDK's {@code Provider}.
     *
     * @param event with the fields that {@code onEvent} returned
     * @return {@code IsComplete}, and {@code Data}
     */
    public final Map<String, Object> isComplete(Map<String, Object> event, Context context) {
        Deadline deadline = Deadline.beforeKill(Duration.ofMillis(context.getRemainingTimeInMillis()));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("IsComplete", true);
        work.goOn(CustomResourceEvent.from(event), deadline)
                .<Object>map(Outcome::attributes)
                .or(() -> Optional.ofNullable(event.get("Data")))
                .filter(Map.class::isInstance)
                .ifPresent(data -> answer.put("Data", data));
        return answer;
    }

    /** An event that was read already. The base class wants one of its own types, and one of three request types. */
    private static final class ReadEvent extends CloudFormationCustomResourceEvent {

        private static final long serialVersionUID = 1;

        private final transient CustomResourceEvent read;

        ReadEvent(CustomResourceEvent read) {
            this.read = read;
            // Any of the three leads to direct(), which looks at the true type.
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
        throw new Refusal("CloudFormation's response URL did not take the answer (%s)"
                .formatted(ResponseUrlClient.said(failure)));
    }

    // Whether CloudFormation calls this very function, and not a provider in front of it.
    private static boolean isServiceToken(CustomResourceEvent event, Context context) {
        return event.serviceToken() != null && event.serviceToken().equals(context.getInvokedFunctionArn());
    }

    /** An exception for Lambda: its message is the whole of what is to be seen. */
    private static final class Refusal extends RuntimeException {

        private static final long serialVersionUID = 1;

        Refusal(String reason) {
            super(reason, null, false, false);
        }
    }

    /**
     * Tells Lambda's runtime client to end the process when it has handed over the message: that is what it does after an
     * error of the virtual machine. Lambda starts a new process for the next event.
     */
    private static final class ProcessEnd extends VirtualMachineError {

        private static final long serialVersionUID = 1;

        static final String WHY = "The process ends, because what it was doing could not be stopped";

        ProcessEnd(String message) {
            super(message);
            setStackTrace(new StackTraceElement[0]);
        }
    }

    // What every door does: nothing escapes from here, an exhausted memory and a missing class included.
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
                case "Update" -> succeed(event, update(event, deadline), version, startedNanos);
                case "Delete" -> succeed(event, work.delete(event, deadline), version, startedNanos);
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
        event.stamps().refuseFuture(Instant.now());
        return work.apply(event, deadline);
    }

    private Outcome update(CustomResourceEvent event, Deadline deadline) {
        if (!event.isStackRollback(Instant.now()) || isDeployOfALateClock(event, deadline)) {
            return deploy(event, deadline);
        }
        stamped(log.atWarn().addKeyValue("event", "stack.rollback"), event)
                .log(
                        "The stack is rolled back: the stamp of this event, {}, is earlier than the one that it replaces, {}. If this is a deploy, set the clock of the machine that deploys, and deploy again");
        Outcome outcome = work.rollBack(event, deadline);
        Map<String, String> data = new LinkedHashMap<>(outcome.attributes());
        data.put(STACK_ROLLBACK, "true");
        return new Outcome(data, outcome.words(), outcome.warnings());
    }

    // A stack rollback leads back to where an earlier deploy was.
    private boolean isDeployOfALateClock(CustomResourceEvent event, Deadline deadline) {
        if (!work.isUntouched(event, deadline)) {
            return false;
        }
        stamped(log.atWarn().addKeyValue("event", "clock.late"), event)
                .log(
                        "The stamp of this event, {}, is earlier than the one that it replaces, {}, but no deploy has been where it leads. It is a deploy from a machine whose clock is late");
        return true;
    }

    private static LoggingEventBuilder stamped(LoggingEventBuilder line, CustomResourceEvent event) {
        return line.addArgument(event.stamps().deploy().orElseThrow())
                .addArgument(event.stamps().replaced().orElseThrow());
    }

    private Answer succeed(CustomResourceEvent event, Outcome outcome, String version, long startedNanos) {
        long millis = millisSince(startedNanos);
        Map<String, String> data = new LinkedHashMap<>(outcome.attributes());
        data.put("ElapsedMillis", String.valueOf(millis));
        data.put("Version", version);
        // Always there: CloudFormation fails a stack whose template asks for an attribute that is not.
        data.putIfAbsent(STACK_ROLLBACK, "false");
        try {
            summary(event, "SUCCESS", millis)
                    .addKeyValue("data", data)
                    .addKeyValue("warnings", outcome.warnings())
                    .log("{} succeeded after {} ms: {}", event.requestType(), millis, outcome.words());
        } catch (Throwable e) {
            // What was committed is committed, also where the log fails.
        }
        return new Answer.Success(event.physicalResourceId(), data);
    }

    // Whatever happens in here, an answer comes out: the log may be what failed, or there may be no memory for a
    // reason.
    private Answer fail(CustomResourceEvent event, Throwable failure, long startedNanos) {
        String reason = "The function failed in a way that it could not describe. Its log may show more";
        try {
            reason = reason(failure);
            long millis = millisSince(startedNanos);
            summary(event, "FAILED", millis)
                    .addKeyValue("reason", reason)
                    .setCause(failure)
                    .log("{} failed after {} ms: {}", cutRequestType(event), millis, reason);
        } catch (Throwable e) {
            // Answered with what there is.
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

    // Only our own messages were written to be shown; of any other exception the class alone is told.
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
