package io.github.cdkliquibase.lambda.cloudformation;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** Recognises the events of a stack rollback. It leads back to the target of an earlier deploy. */
final class StackRollback {

    private final ResourceWork work;
    private final Logger log;

    StackRollback(ResourceWork work, Logger log) {
        this.work = work;
        this.log = log;
    }

    /** Whether an event is part of a stack rollback, and logs why. */
    boolean is(CustomResourceEvent event, Deadline deadline) {
        if (!event.isStackRollback(Instant.now())) {
            return false;
        }
        if (isDeploy(event, deadline)) {
            stamped("clock.late", event)
                    .log(
                            "The stamp of this event, {}, is earlier than the one that it replaces, {}, but no earlier deploy has that stamp, so this is a deploy and not a stack rollback. The clock of the machine that deploys is behind");
            return false;
        }
        stamped("stack.rollback", event)
                .log(
                        "The stack is rolled back: the stamp of this event, {}, is earlier than the one that it replaces, {}. If this is a deploy, set the clock of the machine that deploys, and deploy again");
        return true;
    }

    // A question must not fail a rollback.
    private boolean isDeploy(CustomResourceEvent event, Deadline deadline) {
        try {
            return work.isDeploy(event, deadline);
        } catch (RuntimeException | Error e) {
            log.atWarn()
                    .addKeyValue("event", "history.unknown")
                    .setCause(e)
                    .log("Could not find out whether this is a stack rollback or a deploy");
            return false;
        }
    }

    private LoggingEventBuilder stamped(String name, CustomResourceEvent event) {
        return log.atWarn()
                .addKeyValue("event", name)
                .addArgument(event.stamps().deploy().orElseThrow())
                .addArgument(event.stamps().replaced().orElseThrow());
    }
}
