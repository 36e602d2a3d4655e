package io.github.cdkliquibase.lambda.cloudformation;

import io.github.cdkliquibase.lambda.failure.Text;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** The first and the last log line of an event. */
final class EventLog {

    private static final int LOGGED_BYTES = 200;

    private final Logger log;

    EventLog(Logger log) {
        this.log = log;
    }

    void start(CustomResourceEvent event) {
        log.atInfo()
                .addKeyValue("event", "event.started")
                .addKeyValue("version", ProductVersion.current())
                .log("{} begins, in version {} of cdk-liquibase", requestType(event), ProductVersion.current());
    }

    /** The last line of an event that succeeded, without its message. */
    LoggingEventBuilder success(CustomResourceEvent event, long millis) {
        return summary(log.atInfo(), "SUCCESS", event, millis);
    }

    /** The last line of an event that failed, without its message. */
    LoggingEventBuilder failure(CustomResourceEvent event, long millis) {
        return summary(log.atError(), "FAILED", event, millis);
    }

    /** The type of an event, cut for the log. */
    static String requestType(CustomResourceEvent event) {
        return Text.cut(Text.oneLine(String.valueOf(event.requestType())), LOGGED_BYTES);
    }

    private static LoggingEventBuilder summary(
            LoggingEventBuilder line, String status, CustomResourceEvent event, long millis) {
        return line.addKeyValue("event", "summary")
                .addKeyValue("requestType", requestType(event))
                .addKeyValue("status", status)
                .addKeyValue("physicalResourceId", Text.cut(event.physicalResourceId(), LOGGED_BYTES))
                .addKeyValue("durationMillis", millis);
    }
}
