package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import liquibase.changelog.ChangeSet;
import liquibase.exception.LiquibaseException;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.exception.ValidationFailedException;
import liquibase.precondition.FailedPrecondition;

/** Turns what Liquibase throws into the reason that a person reads. */
final class FailureReason {

    /** Bytes of a foreign message in a reason; the reason as a whole may have 1,024. */
    private static final int FOREIGN_BYTES = 500;

    private final Changelog changelog;
    private final ChangesetProgress progress;
    private final Deadline deadline;
    private final Redaction redaction;

    FailureReason(Changelog changelog, ChangesetProgress progress, Deadline deadline, Redaction redaction) {
        this.changelog = changelog;
        this.progress = progress;
        this.deadline = deadline;
        this.redaction = redaction;
    }

    MigrationException of(Throwable failure) {
        Optional<MigrationException> said = Causes.find(failure, MigrationException.class);
        if (said.isPresent()) {
            return said.get();
        }
        ChangeSet culprit = progress.culprit();
        // A lock that was not to be had until the deadline is the changeset's affair; all else that ends then, time's.
        boolean locked = DatabaseMessage.isConflict(failure);
        if (deadline.passed() && !locked) {
            return new MigrationException(
                    "The time of the function ran out%s: %s. %s%s. %s"
                            .formatted(
                                    culprit == null ? "" : " in changeset '" + ChangesetProgress.name(culprit) + "'",
                                    cause(failure),
                                    progress.counts(),
                                    culprit == null ? "" : "; " + progress.fate(culprit),
                                    DatabaseMessage.passesOnANewConnection(failure)
                                                    .isPresent()
                                            ? advice(failure)
                                            : progress.moreTime()),
                    failure);
        }
        if (culprit != null) {
            return new MigrationException(
                    "Changeset '%s' failed: %s. %s; %s. %s"
                            .formatted(
                                    ChangesetProgress.name(culprit),
                                    cause(failure),
                                    progress.counts(),
                                    progress.fate(culprit),
                                    advice(failure)),
                    failure);
        }
        Optional<ValidationFailedException> validation = Causes.find(failure, ValidationFailedException.class);
        if (validation.isPresent()) {
            return new MigrationException(
                    "Changelog %s is not valid, and nothing was run: %s%s"
                            .formatted(
                                    Text.quote(changelog.file()),
                                    clean(Objects.toString(validation.get().getMessage(), "")),
                                    validation.get().getInvalidMD5Sums().isEmpty()
                                            ? ""
                                            : ". Take back what was edited in changesets that have run, and add new ones"),
                    failure);
        }
        return new MigrationException(
                "Changelog %s could not be run: %s. %s. %s"
                        .formatted(Text.quote(changelog.file()), cause(failure), progress.counts(), advice(failure)),
                failure);
    }

    private static String advice(Throwable failure) {
        if (DatabaseMessage.isConflict(failure)) {
            return "Another session holds a lock that it needs: end that session, or deploy when it is quiet";
        }
        if (DatabaseMessage.hasState(failure, DatabaseMessage.READ_ONLY)) {
            return "The database takes no writes: 'Host' must be the endpoint of the writer";
        }
        if (DatabaseMessage.passesOnANewConnection(failure).isPresent()) {
            return "Check the database and the way to it, and deploy again to go on";
        }
        return DatabaseMessage.isShortOfResources(failure)
                ? "The database is short of a resource: make room, and deploy again to go on"
                : "Correct it and deploy again";
    }

    MigrationException ofParsing(Throwable failure) {
        return new MigrationException(
                "Changelog %s could not be read, and nothing was run: %s"
                        .formatted(Text.quote(changelog.file()), foreign(failure)),
                failure);
    }

    static MigrationException ofPreparing(Exception failure) {
        return new MigrationException("The run could not be prepared: " + briefly(failure), failure);
    }

    static MigrationException ofDrop(Exception failure) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(() ->
                        new MigrationException("Dropping what is in the schema failed: " + briefly(failure), failure));
    }

    private static String briefly(Exception failure) {
        return DatabaseMessage.of(failure)
                .map(DatabaseMessage::withState)
                .orElse(failure.getClass().getSimpleName());
    }

    private String cause(Throwable failure) {
        Optional<DatabaseMessage> database = DatabaseMessage.of(failure);
        if (database.isPresent()) {
            DatabaseMessage message = database.get();
            return new DatabaseMessage(Text.cut(redaction.apply(message.text()), FOREIGN_BYTES), message.sqlState())
                    .withState();
        }
        return precondition(failure).orElseGet(() -> foreign(failure));
    }

    private Optional<String> precondition(Throwable failure) {
        Stream<String> failed = Causes.find(failure, PreconditionFailedException.class).stream()
                .flatMap(each -> each.getFailedPreconditions().stream())
                .map(FailedPrecondition::getMessage)
                .map(this::clean);
        Stream<String> errors = Causes.find(failure, PreconditionErrorException.class).stream()
                .flatMap(each -> each.getErrorPreconditions().stream())
                .map(each -> each.getCause() == null
                        ? each.toString()
                        : Objects.toString(each.getCause().getMessage(), "it could not be checked"))
                .map(this::clean);
        String messages = Stream.concat(failed, errors).collect(Collectors.joining("; "));
        if (messages.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("its precondition does not hold: " + Text.cut(messages, FOREIGN_BYTES));
    }

    // The message of Liquibase's innermost exception, without SQL, parameters and class names. Of an Error, and where
    // there is no message, the class; the message of a linkage error says which one is missing.
    private String foreign(Throwable failure) {
        Optional<OutsideFolderException> outside = Causes.find(failure, OutsideFolderException.class);
        if (outside.isPresent()) {
            return OutsideFolderException.said(redaction.apply(outside.get().getInput()));
        }
        Throwable root = Causes.root(failure);
        if (root instanceof LinkageError) {
            return clean(root.getClass().getSimpleName() + " " + root.getMessage());
        }
        if (root instanceof StackOverflowError) {
            return "it leads in a circle, or is nested too deeply (StackOverflowError)";
        }
        if (root instanceof Error) {
            return root.getClass().getName();
        }
        Throwable told = Causes.chain(failure).stream()
                .filter(LiquibaseException.class::isInstance)
                .reduce(failure, (outer, inner) -> inner);
        String message = told.getMessage() == null ? root.getMessage() : told.getMessage();
        return message == null ? root.getClass().getSimpleName() : clean(message);
    }

    private String clean(String message) {
        return LiquibaseText.show(message, redaction, FOREIGN_BYTES);
    }
}
