package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.files.OutsideFolderException;
import io.github.cdkliquibase.lambda.changelog.output.LiquibaseText;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.nio.file.InvalidPathException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import liquibase.change.core.StopChange.StopChangeException;
import liquibase.exception.LiquibaseException;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.exception.UnknownChangelogFormatException;
import liquibase.precondition.ErrorPrecondition;
import liquibase.precondition.FailedPrecondition;

/** Words why a failure happened: what the database or Liquibase said, without SQL, parameters and class names. */
final class CauseText {

    /** Bytes of a foreign message in a reason; the reason as a whole may have 1,024. */
    private static final int FOREIGN_BYTES = 500;

    private final Failures failures;
    private final Redaction redaction;

    CauseText(Failures failures, Redaction redaction) {
        this.failures = failures;
        this.redaction = redaction;
    }

    /**
     * The message of the database or of Liquibase about a failure, on one line.
     *
     * @param statement that failed
     */
    String of(Throwable failure, ChangelogText statement) {
        Optional<StopChangeException> stop = Causes.find(failure, StopChangeException.class);
        if (stop.isPresent()) {
            return clean(Objects.toString(stop.get().getMessage(), "the change 'stop' has no message"));
        }
        Optional<DatabaseMessage> database = failures.of(failure);
        if (database.isPresent()) {
            return ofServer(database.get(), statement);
        }
        return precondition(failure).orElseGet(() -> foreign(failure));
    }

    String ofServer(DatabaseMessage message, ChangelogText statement) {
        return message.withText(Text.cut(redaction.ofServer(message, statement), FOREIGN_BYTES))
                .withState();
    }

    private Optional<String> precondition(Throwable failure) {
        Stream<String> failed = Causes.find(failure, PreconditionFailedException.class).stream()
                .flatMap(each -> each.getFailedPreconditions().stream())
                .map(FailedPrecondition::getMessage)
                .map(this::clean);
        Stream<String> errors = Causes.find(failure, PreconditionErrorException.class).stream()
                .flatMap(each -> each.getErrorPreconditions().stream())
                .map(this::ofPrecondition);
        String messages = Stream.concat(failed, errors).collect(Collectors.joining("; "));
        if (messages.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("its precondition is not met: " + Text.cut(messages, FOREIGN_BYTES));
    }

    private String ofPrecondition(ErrorPrecondition error) {
        if (error.getCause() == null) {
            return clean(error.toString());
        }
        return failures.of(error.getCause())
                .map(message -> ofServer(message, ChangelogText.UNKNOWN))
                .orElseGet(() -> clean(Objects.toString(error.getCause().getMessage(), "it could not be checked")));
    }

    // The message of Liquibase's innermost exception, without SQL, parameters and class names. For an Error, or without
    // a message, the name of the class; the message of a linkage error names the missing class.
    String foreign(Throwable failure) {
        Optional<OutsideFolderException> outside = Causes.find(failure, OutsideFolderException.class);
        if (outside.isPresent()) {
            return OutsideFolderException.describe(redaction.apply(outside.get().getInput()));
        }
        Optional<InvalidPathException> path = Causes.find(failure, InvalidPathException.class);
        if (path.filter(CauseText::isBeyondTheLocale).isPresent()) {
            return "file %s has letters in its name that the function's locale does not support: set the function's environment variable LC_ALL to C.UTF-8"
                    .formatted(Text.quote(redaction.apply(path.get().getInput())));
        }
        Throwable root = Causes.root(failure);
        Optional<String> missing = Causes.missingClass(failure);
        if (missing.isPresent()) {
            // The whole name is shown: its end matters most, and Text.quote would cut it.
            return "class '%s' is missing: add the jar that has it to the layer"
                    .formatted(Text.cut(Text.oneLine(missing.get()), 255));
        }
        return root instanceof Error error ? ofError(error) : ofException(failure, root);
    }

    private String ofError(Error root) {
        if (root instanceof LinkageError) {
            return clean(root.getClass().getSimpleName() + " " + root.getMessage());
        }
        if (root instanceof StackOverflowError) {
            return "it refers to itself in a circle, or is nested too deeply (StackOverflowError)";
        }
        return root.getClass().getName();
    }

    private String ofException(Throwable failure, Throwable root) {
        Throwable innermost = Causes.chain(failure).stream()
                .filter(LiquibaseException.class::isInstance)
                .reduce(failure, (outer, inner) -> inner);
        String message = innermost.getMessage() == null ? root.getMessage() : innermost.getMessage();
        if (message == null) {
            return root.getClass().getSimpleName();
        }
        return innermost instanceof UnknownChangelogFormatException
                ? clean(message) + ": the name of a changelog must end in .sql, .xml, .yaml, .yml or .json"
                : clean(message);
    }

    private static boolean isBeyondTheLocale(InvalidPathException failure) {
        return failure.getReason().startsWith("Malformed input or input contains unmappable characters");
    }

    String clean(String message) {
        return LiquibaseText.show(message, redaction, FOREIGN_BYTES);
    }
}
