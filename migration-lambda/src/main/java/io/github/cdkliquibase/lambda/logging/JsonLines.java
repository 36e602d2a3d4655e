package io.github.cdkliquibase.lambda.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.OutputStream;
import java.util.logging.LogManager;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Configures Logback when the first logger is created: one JSON object per line, on standard output.
 *
 * <p>The configuration is Java and not XML, because reading the XML would be the most expensive part of it in a cold
 * start.
 */
public final class JsonLines extends ContextAwareBase implements Configurator {

    /** Called by Logback, through its service file. */
    public JsonLines() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console(context));
        context.getLogger("software.amazon.awssdk").setLevel(Level.WARN);
        // The base class logs the signed response URL when it cannot send; the handler says what happened instead.
        context.getLogger("software.amazon.lambda.powertools").setLevel(Level.OFF);

        // The driver and the JDK's HTTP client would otherwise write plain text. Their levels below INFO stay off, also
        // against a configuration file of java.util.logging: they log statements, values of parameters, signatures and
        // signed URLs.
        LogManager.getLogManager().reset();
        SLF4JBridgeHandler.install();
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static JsonLineEncoder encoder(LoggerContext context) {
        JsonLineEncoder encoder = new JsonLineEncoder();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static OutputStreamAppender<ILoggingEvent> console(LoggerContext context) {
        OutputStreamAppender<ILoggingEvent> console = new OutputStreamAppender<>();
        console.setContext(context);
        console.setEncoder(encoder(context));
        console.setOutputStream(standardOutput());
        console.start();
        return console;
    }

    // Uses the present stream: during a run, standard output is redirected to the log.
    @SuppressWarnings("SystemOut")
    private static OutputStream standardOutput() {
        return System.out;
    }
}
