package io.github.cdkliquibase.lambda.changelog.output;

import io.github.cdkliquibase.lambda.failure.Redaction;
import java.util.logging.Level;
import liquibase.change.core.OutputChange;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Liquibase's log as a part of the function's: its warnings, and the information of changes and of classes that are not its own.
 * Its own information repeats the function's lines, and is for debugging.
 *
 * <p>What is below carries the statements with every parameter filled in, and what is above exceptions with the same.
 */
public final class LiquibaseLog extends AbstractLogService {

    private static final int MESSAGE_BYTES = 1_000;

    /** The change 'output' logs by this class, and by the classes within it. */
    private static final String OUTPUT = OutputChange.class.getName();

    private final Redaction redaction;
    private final OutputLimit limit;

    /** A log that shows no value of a parameter. */
    public LiquibaseLog(Redaction redaction, OutputLimit limit) {
        this.redaction = redaction;
        this.limit = limit;
    }

    @Override
    public int getPriority() {
        return PRIORITY_SPECIALIZED;
    }

    @Override
    @SuppressWarnings("rawtypes") // Liquibase's signature
    public Logger getLog(Class type) {
        return new Forwarding(LoggerFactory.getLogger(type), saysWhatOursSay(type.getName()), redaction, limit);
    }

    // What Liquibase itself tells about a changeset stands in the function's own lines.
    private static boolean saysWhatOursSay(String type) {
        return type.startsWith("liquibase.") && !type.startsWith("liquibase.ext.") && !type.startsWith(OUTPUT);
    }

    @SuppressWarnings("try") // Liquibase declares its loggers closeable; there is nothing to close
    private static final class Forwarding extends AbstractLogger {

        private final org.slf4j.Logger log;
        private final boolean isRepetition;
        private final Redaction redaction;
        private final OutputLimit limit;

        Forwarding(org.slf4j.Logger log, boolean isRepetition, Redaction redaction, OutputLimit limit) {
            this.log = log;
            this.isRepetition = isRepetition;
            this.redaction = redaction;
            this.limit = limit;
        }

        @Override
        public void log(Level level, @Nullable String message, @Nullable Throwable failure) {
            // The run reports a failure once. Liquibase logs it at every level that it passes.
            if (message == null
                    || message.isBlank()
                    || level.intValue() < Level.INFO.intValue()
                    || level.intValue() >= Level.SEVERE.intValue()) {
                return;
            }
            boolean isWarning = level.intValue() >= Level.WARNING.intValue();
            if (!isWarning && isRepetition) {
                if (log.isDebugEnabled()) {
                    log.debug(LiquibaseText.line(message, redaction, MESSAGE_BYTES));
                }
            } else if (limit.admits()) {
                String text = LiquibaseText.line(message, redaction, MESSAGE_BYTES);
                log.atLevel(isWarning ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.INFO)
                        .log(text);
            }
        }
    }
}
