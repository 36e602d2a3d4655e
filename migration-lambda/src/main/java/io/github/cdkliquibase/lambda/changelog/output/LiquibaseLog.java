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
 * Writes Liquibase's log into the function's log: its warnings, and INFO lines of changes and of foreign classes.
 * Liquibase's own INFO lines repeat those of the function, so they become DEBUG lines.
 *
 * <p>Lower levels hold statements with every parameter filled in, and higher levels hold exceptions with such
 * statements.
 */
public final class LiquibaseLog extends AbstractLogService {

    private static final int MESSAGE_BYTES = 1_000;

    /** The change 'output' logs with this class and its nested classes. */
    private static final String OUTPUT = OutputChange.class.getName();

    private final Redaction redaction;
    private final OutputLimit limit;

    /** Creates a log that shows no value of a parameter. */
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

    // The function's own lines repeat Liquibase's lines about changesets.
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
            // The run reports a failure once. Liquibase logs it in every method that it passes.
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
