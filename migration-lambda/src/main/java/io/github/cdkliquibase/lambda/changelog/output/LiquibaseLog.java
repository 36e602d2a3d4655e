package io.github.cdkliquibase.lambda.changelog.output;

import io.github.cdkliquibase.lambda.failure.Redaction;
import java.util.logging.Level;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Liquibase's log as a part of the function's: information and warnings.
 *
 * <p>What is below carries the statements with every parameter filled in, and what is above exceptions with the same.
 */
public final class LiquibaseLog extends AbstractLogService {

    private static final int MESSAGE_BYTES = 1_000;

    private final Redaction redaction;

    /** A log that shows no value of a parameter. */
    public LiquibaseLog(Redaction redaction) {
        this.redaction = redaction;
    }

    @Override
    public int getPriority() {
        return PRIORITY_SPECIALIZED;
    }

    @Override
    @SuppressWarnings("rawtypes") // Liquibase's signature
    public Logger getLog(Class type) {
        return new Forwarding(LoggerFactory.getLogger(type), redaction);
    }

    @SuppressWarnings("try") // Liquibase declares its loggers closeable; there is nothing to close
    private static final class Forwarding extends AbstractLogger {

        private final org.slf4j.Logger log;
        private final Redaction redaction;

        Forwarding(org.slf4j.Logger log, Redaction redaction) {
            this.log = log;
            this.redaction = redaction;
        }

        @Override
        public void log(Level level, @Nullable String message, @Nullable Throwable failure) {
            // The run reports a failure once. Liquibase logs it at every level that it passes.
            if (message == null
                    || level.intValue() < Level.INFO.intValue()
                    || level.intValue() >= Level.SEVERE.intValue()) {
                return;
            }
            String text = LiquibaseText.show(message, redaction, MESSAGE_BYTES);
            if (level.intValue() >= Level.WARNING.intValue()) {
                log.warn(text);
            } else {
                log.info(text);
            }
        }
    }
}
