package io.github.cdkliquibase.lambda.cloudformation;

import com.amazonaws.services.lambda.runtime.Context;
import io.github.cdkliquibase.lambda.cloudformation.ResourceWork.Outcome;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Has the work for an event done, and makes the answer of its outcome or its failure, whichever protocol carries the answer.
 *
 * <p>Nothing escapes from here, an exhausted memory and a missing class included.
 */
final class EventExecutor {

    private static final int LONGEST_REASON = 1_024;
    private static final int LOGGED_BYTES = 200;

    private final ResourceWork work;
    private final Logger log;

    /**
     * For all events of a function.
     *
     * @param log named after the handler
     */
    EventExecutor(ResourceWork work, Logger log) {
        this.work = work;
        this.log = log;
    }

    /** Does what an event asks for. */
    Answer execute(CustomResourceEvent event, Context context) {
        long startedNanos = System.nanoTime();
        try {
            log.atInfo()
                    .addKeyValue("event", "event.started")
                    .addKeyValue("version", ProductVersion.current())
                    .log("{} begins, in version {} of cdk-liquibase", cutRequestType(event), ProductVersion.current());
            if (event.fault() != null) {
                throw new MigrationException(event.fault());
            }
            Deadline deadline = deadline(context);
            return switch (event.requestType()) {
                case "Create" -> succeed(event, deploy(event, deadline), false, startedNanos);
                case "Update" ->
                    isStackRollback(event, deadline)
                            ? succeed(event, work.rollBack(event, deadline), true, startedNanos)
                            : succeed(event, deploy(event, deadline), false, startedNanos);
                case "Delete" -> succeed(event, work.delete(event, deadline), false, startedNanos);
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

    /**
     * Goes on with the work for an event.
     *
     * @return the answer at the end of the work; empty if it had ended before
     */
    Optional<Answer> goOn(CustomResourceEvent event, Context context) {
        long startedNanos = System.nanoTime();
        try {
            return work.goOn(event, deadline(context)).map(outcome -> succeed(event, outcome, false, startedNanos));
        } catch (Throwable e) {
            return Optional.of(fail(event, e, startedNanos));
        }
    }

    private static Deadline deadline(Context context) {
        return Deadline.beforeKill(Duration.ofMillis(context.getRemainingTimeInMillis()));
    }

    private Outcome deploy(CustomResourceEvent event, Deadline deadline) {
        event.stamps().refuseFuture(Instant.now());
        return work.apply(event, deadline);
    }

    // A stack rollback leads back to the target of an earlier deploy.
    private boolean isStackRollback(CustomResourceEvent event, Deadline deadline) {
        if (!event.isStackRollback(Instant.now())) {
            return false;
        }
        if (work.isUntouched(event, deadline)) {
            stamped("clock.late", event)
                    .log(
                            "The stamp of this event, {}, is earlier than the one that it replaces, {}, but its target has no earlier deploy, so this is a deploy and not a stack rollback. The clock of the machine that deploys is behind");
            return false;
        }
        stamped("stack.rollback", event)
                .log(
                        "The stack is rolled back: the stamp of this event, {}, is earlier than the one that it replaces, {}. If this is a deploy, set the clock of the machine that deploys, and deploy again");
        return true;
    }

    private LoggingEventBuilder stamped(String name, CustomResourceEvent event) {
        return log.atWarn()
                .addKeyValue("event", name)
                .addArgument(event.stamps().deploy().orElseThrow())
                .addArgument(event.stamps().replaced().orElseThrow());
    }

    private Answer succeed(CustomResourceEvent event, Outcome outcome, boolean isStackRollback, long startedNanos) {
        long millis = millisSince(startedNanos);
        Map<String, String> data = outcome.attributes()
                .and(Attributes.whereNothingRan(CommonAttribute.values())
                        .with(CommonAttribute.ELAPSED_MILLIS, millis)
                        .with(CommonAttribute.VERSION, ProductVersion.current())
                        .with(CommonAttribute.STACK_ROLLBACK, isStackRollback))
                .asData();
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
