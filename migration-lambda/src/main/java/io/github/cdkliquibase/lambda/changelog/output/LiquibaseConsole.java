package io.github.cdkliquibase.lambda.changelog.output;

import io.github.cdkliquibase.lambda.failure.Redaction;
import java.util.logging.Level;
import java.util.regex.Pattern;
import liquibase.AbstractExtensibleObject;
import liquibase.logging.Logger;
import liquibase.ui.InputHandler;
import liquibase.ui.UIService;
import org.jspecify.annotations.Nullable;

/** Sends Liquibase's console output to the log. Answers a question with its default. */
public final class LiquibaseConsole extends AbstractExtensibleObject implements UIService {

    /** The function's own line about the changeset says the same. */
    private static final Pattern REPETITION = Pattern.compile("(?:Running|Rolling Back) Changeset: .*", Pattern.DOTALL);

    private final Logger log;

    /** Creates a console that shows no value of a parameter. */
    public LiquibaseConsole(Redaction redaction, OutputLimit limit) {
        this.log = new LiquibaseLog(redaction, limit).getLog(LiquibaseConsole.class);
    }

    @Override
    public int getPriority() {
        return PRIORITY_SPECIALIZED;
    }

    @Override
    public void sendMessage(@Nullable String message) {
        if (message != null && !REPETITION.matcher(message).matches()) {
            log.log(Level.INFO, message, null);
        }
    }

    @Override
    public void sendErrorMessage(String message) {
        log.log(Level.SEVERE, message, null);
    }

    @Override
    public void sendErrorMessage(String message, Throwable failure) {
        log.log(Level.SEVERE, message, failure);
    }

    @Override
    public <T> @Nullable T prompt(
            String prompt, @Nullable T valueIfNoEntry, InputHandler<T> inputHandler, Class<T> type) {
        return valueIfNoEntry;
    }

    @Override
    public void setAllowPrompt(boolean allowPrompt) {}

    @Override
    public boolean getAllowPrompt() {
        return false;
    }
}
