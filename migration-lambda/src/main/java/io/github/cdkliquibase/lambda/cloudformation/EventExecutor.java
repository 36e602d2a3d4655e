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

/**
 * Has the work for an event done, and makes the answer of its outcome or its failure, whichever protocol carries the answer.
 *
 * <p>Nothing escapes from here, an exhausted memory and a missing class included.
 */
final class EventExecutor {

    private static final int LONGEST_REASON = 1_024;

    private final ResourceWork work;
    private final EventLog log;
    private final StackRollback stackRollback;

    /**
     * For all events of a function.
     *
     * @param log named after the handler
     */
    EventExecutor(ResourceWork work, Logger log) {
        this.work = work;
        this.log = new EventLog(log);
        this.stackRollback = new StackRollback(work, log);
    }

    /** Does what an event asks for. */
    Answer execute(CustomResourceEvent event, Context context) {
        long startedNanos = System.nanoTime();
        try {
            log.start(event);
            if (event.fault() != null) {
                throw new MigrationException(event.fault());
            }
            return done(event, deadline(context), startedNanos);
        } catch (Throwable e) {
            return fail(event, e, startedNanos);
        }
    }

    private Answer done(CustomResourceEvent event, Deadline deadline, long startedNanos) {
        return switch (event.requestType()) {
            case "Create" -> succeed(event, deploy(event, deadline), false, startedNanos);
            case "Update" ->
                stackRollback.is(event, deadline)
                        ? succeed(event, work.rollBack(event, deadline), true, startedNanos)
                        : succeed(event, deploy(event, deadline), false, startedNanos);
            case "Delete" -> succeed(event, work.delete(event, deadline), false, startedNanos);
            case null -> throw unknownType("nothing");
            default -> throw unknownType(Text.quote(event.requestType()));
        };
    }

    private static MigrationException unknownType(String shown) {
        return new MigrationException("RequestType must be 'Create', 'Update' or 'Delete', got " + shown);
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

    private Answer succeed(CustomResourceEvent event, Outcome outcome, boolean isStackRollback, long startedNanos) {
        long millis = millisSince(startedNanos);
        Map<String, String> data = data(outcome, isStackRollback, millis);
        try {
            log.success(event, millis)
                    .addKeyValue("data", data)
                    .addKeyValue("warnings", outcome.warnings())
                    .log("{} succeeded after {} ms: {}", event.requestType(), millis, outcome.words());
        } catch (Throwable e) {
            // The work is committed, even if the log fails.
        }
        return new Answer.Success(event.physicalResourceId(), data);
    }

    private static Map<String, String> data(Outcome outcome, boolean isStackRollback, long millis) {
        return outcome.attributes()
                .and(Attributes.whereNothingRan(CommonAttribute.values())
                        .with(CommonAttribute.ELAPSED_MILLIS, millis)
                        .with(CommonAttribute.VERSION, ProductVersion.current())
                        .with(CommonAttribute.STACK_ROLLBACK, isStackRollback))
                .asData();
    }

    // This always returns an answer: the log may have failed, or there may be no memory for a reason.
    private Answer fail(CustomResourceEvent event, Throwable failure, long startedNanos) {
        String reason = "The function failed and could not describe the failure. Its log may show more";
        try {
            reason = reason(failure);
            long millis = millisSince(startedNanos);
            log.failure(event, millis)
                    .addKeyValue("reason", reason)
                    .setCause(failure)
                    .log("{} failed after {} ms: {}", EventLog.requestType(event), millis, reason);
        } catch (Throwable e) {
            // Answers with the reason so far.
        }
        return new Answer.Failure(event.physicalResourceId(), reason);
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
