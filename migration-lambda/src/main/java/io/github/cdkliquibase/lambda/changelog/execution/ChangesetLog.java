package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import java.time.Duration;
import java.util.Optional;
import liquibase.changelog.ChangeSet.ExecType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The log lines of a run: one when a changeset starts, one when it ends. Their messages repeat their keys in words,
 * because CDK's command line shows only the messages.
 */
public final class ChangesetLog {

    private static final Logger LOG = LoggerFactory.getLogger(ChangesetLog.class);

    private final RunProgress progress;

    /** The log of a run. */
    public ChangesetLog(RunProgress progress) {
        this.progress = progress;
    }

    void started(RunningChangeset changeset) {
        line(LOG.atInfo(), "changeset.started", changeset)
                .log("Changeset {} of {}, {}, starts", position(changeset), progress.pending(), changeset.name());
    }

    void finished(RunningChangeset changeset, ExecType how) {
        ended(LOG.atInfo(), "changeset.finished", changeset)
                .addKeyValue("result", how.value)
                .log(
                        "Changeset {} of {}, {}: {} after {} ms",
                        position(changeset),
                        progress.pending(),
                        changeset.name(),
                        how.value,
                        changeset.millis());
    }

    void skipped(RunningChangeset changeset) {
        ended(LOG.atInfo(), "changeset.finished", changeset)
                .addKeyValue("result", ExecType.SKIPPED.value)
                .log(
                        "Changeset {} of {}, {}: its precondition is not met, and it is skipped",
                        position(changeset),
                        progress.pending(),
                        changeset.name());
    }

    void failedAndIgnored(RunningChangeset changeset) {
        ended(LOG.atWarn(), "changeset.failed", changeset)
                .log(
                        "Changeset {} of {}, {}, failed after {} ms. The run continues, because failOnError is false",
                        position(changeset),
                        progress.pending(),
                        changeset.name(),
                        changeset.millis());
    }

    /**
     * Logs that a changeset ended an attempt.
     *
     * @param reason the message of the database or of Liquibase
     */
    public void failed(RunningChangeset changeset, String reason) {
        ended(LOG.atError(), "changeset.failed", changeset)
                .addKeyValue("reason", reason)
                .log(
                        "Changeset {} of {}, {}, failed after {} ms: {}",
                        position(changeset),
                        progress.pending(),
                        changeset.name(),
                        changeset.millis(),
                        reason);
    }

    /** Logs that the attempt failed because of another session, and that another attempt follows. */
    public void retries(Optional<RunningChangeset> changeset, Duration pause, DatabaseMessage why) {
        if (changeset.isEmpty()) {
            retry(changeset, pause)
                    .log(
                            "Conflict with another session at the history ({}). Retry in {} ms",
                            why.withState(),
                            pause.toMillis());
            return;
        }
        retry(changeset, pause)
                .log(
                        "Conflict with another session ({}). Changeset {} was rolled back. Retry in {} ms",
                        why.withState(),
                        named(changeset),
                        pause.toMillis());
    }

    /** Logs that the connection was lost, and that another one follows. */
    public void reconnects(Optional<RunningChangeset> changeset, Duration pause, DatabaseMessage why) {
        retry(changeset, pause)
                .log(
                        "The connection was lost ({}){}. The run continues with a new connection in {} ms",
                        why.withState(),
                        changeset.map(each -> " in changeset " + each.name()).orElse(""),
                        pause.toMillis());
    }

    private static LoggingEventBuilder retry(Optional<RunningChangeset> changeset, Duration pause) {
        return LOG.atWarn()
                .addKeyValue("event", "changeset.retry")
                .addKeyValue("changeset", named(changeset))
                .addKeyValue("pauseMillis", pause.toMillis());
    }

    private static String named(Optional<RunningChangeset> changeset) {
        return changeset.map(each -> each.name().toString()).orElse("");
    }

    private int position(RunningChangeset changeset) {
        return progress.position(changeset);
    }

    private LoggingEventBuilder ended(LoggingEventBuilder line, String event, RunningChangeset changeset) {
        return line(line, event, changeset).addKeyValue("durationMillis", changeset.millis());
    }

    private LoggingEventBuilder line(LoggingEventBuilder line, String event, RunningChangeset changeset) {
        return line.addKeyValue("event", event)
                .addKeyValue("changeset", changeset.name().toString())
                .addKeyValue("index", position(changeset))
                .addKeyValue("total", progress.pending());
    }
}
