package io.github.cdkliquibase.lambda.changelog;

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
    private final Redaction redaction;

    FailureReason(Changelog changelog, ChangesetProgress progress) {
        this.changelog = changelog;
        this.progress = progress;
        this.redaction = new Redaction(changelog.parameters());
    }

    MigrationException of(Exception failure) {
        Optional<MigrationException> said = Causes.find(failure, MigrationException.class);
        if (said.isPresent()) {
            return said.get();
        }
        ChangeSet culprit = progress.culprit();
        if (culprit != null) {
            return new MigrationException(
                    "Changeset '%s' failed: %s. %s; %s"
                            .formatted(
                                    ChangesetProgress.name(culprit),
                                    cause(failure),
                                    progress.counts(),
                                    culprit.isRunInTransaction()
                                            ? "this one was rolled back. Correct it and deploy again"
                                            : "this one runs outside a transaction, so what it did before it failed stays. Check that by hand, correct it and deploy again"),
                    failure);
        }
        Optional<ValidationFailedException> validation = Causes.find(failure, ValidationFailedException.class);
        if (validation.isPresent()) {
            return new MigrationException(
                    "Changelog '%s' is not valid, and nothing was run: %s"
                            .formatted(
                                    changelog.file(),
                                    clean(Objects.toString(validation.get().getMessage(), ""))),
                    failure);
        }
        return new MigrationException(
                "Changelog '%s' could not be run: %s. %s"
                        .formatted(changelog.file(), cause(failure), progress.counts()),
                failure);
    }

    MigrationException ofParsing(Exception failure) {
        return new MigrationException(
                "Changelog '%s' could not be read, and nothing was run: %s"
                        .formatted(changelog.file(), foreign(failure)),
                failure);
    }

    static MigrationException ofPreparing(Exception failure) {
        return new MigrationException(
                "The run could not be prepared: "
                        + DatabaseMessage.of(failure)
                                .map(DatabaseMessage::withState)
                                .orElse(failure.getClass().getSimpleName()),
                failure);
    }

    static MigrationException ofDrop(Exception failure) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(() -> new MigrationException(
                        "Dropping what is in the schema failed: "
                                + DatabaseMessage.of(failure)
                                        .map(DatabaseMessage::withState)
                                        .orElse(failure.getClass().getSimpleName()),
                        failure));
    }

    private String cause(Exception failure) {
        Optional<DatabaseMessage> database = DatabaseMessage.of(failure);
        if (database.isPresent()) {
            return Text.cut(redaction.apply(database.get().withState()), FOREIGN_BYTES);
        }
        return precondition(failure).orElseGet(() -> foreign(failure));
    }

    private Optional<String> precondition(Exception failure) {
        Stream<String> failed = Causes.find(failure, PreconditionFailedException.class).stream()
                .flatMap(each -> each.getFailedPreconditions().stream())
                .map(FailedPrecondition::getMessage);
        Stream<String> errors = Causes.find(failure, PreconditionErrorException.class).stream()
                .flatMap(each -> each.getErrorPreconditions().stream())
                .map(each -> each.getCause() == null
                        ? each.toString()
                        : Objects.toString(each.getCause().getMessage(), "it could not be checked"));
        String messages = Stream.concat(failed, errors).collect(Collectors.joining("; "));
        if (messages.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("its precondition does not hold: " + clean(messages));
    }

    /** The message of Liquibase's innermost exception, without SQL, parameters and class names; its class where it has none. */
    private String foreign(Exception failure) {
        Throwable told = Causes.chain(failure).stream()
                .filter(LiquibaseException.class::isInstance)
                .reduce(failure, (outer, inner) -> inner);
        Throwable root = Causes.root(failure);
        String message = told.getMessage() == null ? root.getMessage() : told.getMessage();
        return message == null ? root.getClass().getSimpleName() : clean(message);
    }

    private String clean(String message) {
        return LiquibaseText.show(message, redaction, FOREIGN_BYTES);
    }
}
