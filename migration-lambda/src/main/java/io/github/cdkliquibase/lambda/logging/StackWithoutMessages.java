package io.github.cdkliquibase.lambda.logging;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Renders a stack trace with classes and frames only.
 *
 * <p>Messages of Liquibase hold whole statements with parameters filled in, those of the driver hold rows, and those of
 * the AWS SDK hold requests.
 */
final class StackWithoutMessages extends ThrowableHandlingConverter {

    /** Exceptions whose message may be shown, and those whose message is the name of a class. */
    private static final Set<String> SHOWN = Set.of(
            MigrationException.class.getName(),
            NoClassDefFoundError.class.getName(),
            ClassNotFoundException.class.getName());

    private static final int DEEPEST_CAUSE = 20;
    private static final int FRAMES = 40;

    @Override
    public String convert(ILoggingEvent event) {
        StringBuilder text = new StringBuilder();
        IThrowableProxy failure = event.getThrowableProxy();
        for (int depth = 0; failure != null && depth < DEEPEST_CAUSE; depth++) {
            append(text, depth, failure);
            failure = failure.getCause();
        }
        return text.toString();
    }

    private static void append(StringBuilder text, int depth, IThrowableProxy failure) {
        text.append(depth == 0 ? "" : "Caused by: ").append(failure.getClassName());
        if (isShown(failure.getClassName())) {
            text.append(": ").append(failure.getMessage());
        }
        text.append('\n');
        StackTraceElementProxy[] frames = failure.getStackTraceElementProxyArray();
        int own = frames.length - failure.getCommonFrames();
        for (int i = 0; i < Math.min(own, FRAMES); i++) {
            text.append('\t').append(frames[i].getSTEAsString()).append('\n');
        }
    }

    private static boolean isShown(@Nullable String className) {
        return className != null && SHOWN.contains(className);
    }
}
