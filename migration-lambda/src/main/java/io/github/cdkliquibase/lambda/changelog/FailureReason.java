package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.changelog.execution.RunningChangeset;
import io.github.cdkliquibase.lambda.changelog.execution.StatementPlace;
import io.github.cdkliquibase.lambda.changelog.execution.TimeIsUpException;
import io.github.cdkliquibase.lambda.changelog.files.OutsideFolderException;
import io.github.cdkliquibase.lambda.changelog.output.LiquibaseText;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.postgresql.Blocker;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
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
import liquibase.exception.ValidationFailedException;
import liquibase.precondition.ErrorPrecondition;
import liquibase.precondition.FailedPrecondition;

/** Turns the failure of a run into the reason that people read. */
final class FailureReason {

    /** Bytes of a foreign message in a reason; the reason as a whole may have 1,024. */
    private static final int FOREIGN_BYTES = 500;

    private final Changelog changelog;
    private final RunProgress progress;
    private final Deadline deadline;
    private final Redaction redaction;

    FailureReason(Changelog changelog, RunProgress progress, Deadline deadline) {
        this.changelog = changelog;
        this.progress = progress;
        this.deadline = deadline;
        this.redaction = new Redaction(changelog.parameters());
    }

    /**
     * The changeset that ended an attempt, and its outcome.
     *
     * @param statement the statement that failed
     * @param text of that statement, as the changelog has it
     * @param blocker the session that held the lock that the statement waited for
     * @param madeItselfReadOnly whether the changeset, and not the server, refuses writes
     */
    record Culprit(
            RunningChangeset changeset,
            Fate fate,
            Optional<StatementPlace> statement,
            ChangelogText text,
            Optional<Blocker> blocker,
            boolean madeItselfReadOnly) {}

    /**
     * Where Liquibase keeps its tables.
     *
     * @param schema that they are in
     * @param user the login that reads and writes them
     * @param history the table of the changesets that have run
     * @param lock the lock table
     */
    record HistoryPlace(String schema, String user, String history, String lock) {}

    /**
     * The reason.
     *
     * @param culprit empty if the attempt ended between changesets
     */
    MigrationException of(Throwable failure, Optional<Culprit> culprit, HistoryPlace history) {
        Optional<MigrationException> worded = Causes.find(failure, MigrationException.class);
        if (worded.isPresent()) {
            return worded.get();
        }
        Optional<TimeIsUpException> timeIsUp = Causes.find(failure, TimeIsUpException.class);
        if (timeIsUp.isPresent()) {
            return new MigrationException(
                    "The function ran out of time before changeset '%s'. %s. %s"
                            .formatted(timeIsUp.get().changeset(), progress.counts(), moreTime(false)),
                    failure);
        }
        if (Causes.find(failure, OutOfMemoryError.class).isPresent()) {
            return outOfMemory(failure, culprit);
        }
        // At the deadline, a lock timeout is reported as a lock timeout, and everything else as running out of time.
        if (deadline.passed() && !DatabaseMessage.isConflict(failure)) {
            return outOfTime(failure, culprit);
        }
        if (culprit.isPresent()) {
            return ofChangeset(failure, culprit.get(), history);
        }
        Optional<ValidationFailedException> validation = Causes.find(failure, ValidationFailedException.class);
        if (validation.isPresent()) {
            return notValid(validation.get(), failure);
        }
        return new MigrationException(
                "Changelog %s could not be run: %s. %s. %s"
                        .formatted(
                                Text.quote(changelog.file()),
                                cause(failure, ChangelogText.NONE),
                                progress.counts(),
                                Advice.onHistory(failure, history)),
                failure);
    }

    private MigrationException ofChangeset(Throwable failure, Culprit culprit, HistoryPlace history) {
        String place = culprit.statement()
                .map(each -> each.describe(DatabaseMessage.of(failure)
                        .map(DatabaseMessage::position)
                        .orElse(0)))
                .filter(each -> !each.isEmpty())
                .map(each -> "It failed in " + each + ". ")
                .orElse("");
        return new MigrationException(
                "Changeset '%s' failed: %s. %s; %s. %s%s"
                        .formatted(
                                culprit.changeset().name(),
                                cause(failure, culprit.text()),
                                progress.counts(),
                                describe(culprit.fate()),
                                place,
                                culprit.madeItselfReadOnly()
                                        ? "The changeset made its transaction read-only. Correct it and deploy again"
                                        : Advice.onChangeset(failure, culprit, history)),
                failure);
    }

    private MigrationException outOfMemory(Throwable failure, Optional<Culprit> culprit) {
        String what = culprit.map(each -> "Changeset '%s' failed: the function ran out of memory. %s; %s"
                        .formatted(each.changeset().name(), progress.counts(), describe(each.fate())))
                .orElseGet(() -> "The function ran out of memory. " + progress.counts());
        return new MigrationException(
                what + ". Give the function more memory, or split what the changeset does, and deploy again", failure);
    }

    private MigrationException outOfTime(Throwable failure, Optional<Culprit> culprit) {
        boolean hasMoved = progress.applied() > 0
                || culprit.map(Culprit::fate)
                        .filter(FailureReason::isPartlyDone)
                        .isPresent();
        return new MigrationException(
                "The function ran out of time%s: %s. %s%s. %s"
                        .formatted(
                                culprit.map(each -> " in changeset '"
                                                + each.changeset().name() + "'")
                                        .orElse(""),
                                cause(failure, culprit.map(Culprit::text).orElse(ChangelogText.NONE)),
                                progress.counts(),
                                culprit.map(each -> "; " + describe(each.fate()))
                                        .orElse(""),
                                DatabaseMessage.passesOnANewConnection(failure).isPresent()
                                        ? Advice.CONNECTION
                                        : moreTime(hasMoved)),
                failure);
    }

    private static boolean isPartlyDone(Fate fate) {
        return fate instanceof Fate.Partly partly && partly.done() > 0;
    }

    private String moreTime(boolean hasMoved) {
        String more = deadline.isOfTheLongestFunction()
                ? "The function already has the longest timeout that Lambda allows: split the work into more changesets"
                : "Give the function more time";
        return hasMoved || progress.applied() > 0 ? more + ", or deploy again to continue" : more;
    }

    private MigrationException notValid(ValidationFailedException validation, Throwable failure) {
        return new MigrationException(
                "Changelog %s is not valid, and nothing was run: %s%s"
                        .formatted(
                                Text.quote(changelog.file()),
                                clean(Objects.toString(validation.getMessage(), "")),
                                validation.getInvalidMD5Sums().isEmpty()
                                        ? ""
                                        : ". Undo the edit of changesets that have run, and add new changesets. If the edit changes nothing in the database, add 'validCheckSum' to the changeset"),
                failure);
    }

    /** A clause that says what an unfinished changeset has left in the database. */
    static String describe(Fate fate) {
        return switch (fate) {
            case Fate.RolledBack rolledBack -> "this one was rolled back";
            case Fate.CommitUnknown unknown -> "the next deploy finds out whether this one was committed";
            case Fate.CommittedItself itself ->
                itself.isKnown()
                        ? "this one ran its own COMMIT, so its statements before the COMMIT stay and must be undone by hand"
                        : "this one ran its own COMMIT, and the answer to it was lost: check in the database whether its statements before the COMMIT took effect, and undo them by hand";
            case Fate.CommittedWithoutRow committed ->
                committed.noted()
                        ? "this one was committed, and the next deploy writes its row in the history"
                        : "this one was committed, and its row in the history is missing, so the next deploy executes it again";
            case Fate.PartlyNotNoted partly ->
                "this one runs outside a transaction, and its progress could not be recorded: %s, and the next deploy starts it again from its first statement%s"
                        .formatted(
                                stays(partly),
                                partly.invalidIndex()
                                        .map(index -> "; index %s is left invalid: drop it by hand".formatted(index))
                                        .orElse(""));
            case Fate.Partly partly ->
                "this one runs outside a transaction: %s%s%s"
                        .formatted(
                                done(partly.done()),
                                partly.nextUnknown()
                                        ? ", and the next deploy finds out whether the one that was running is done"
                                        : partly.done() == 0 ? "" : next(partly.next()),
                                partly.invalidIndex()
                                        .map(index ->
                                                "; index %s is left invalid, and the next deploy drops or rebuilds it"
                                                        .formatted(index))
                                        .orElse(""));
        };
    }

    private static String next(Fate.Next next) {
        return switch (next) {
            case GOES_ON -> ", and will not be repeated";
            case BEGINS_ANEW -> ", and the next deploy starts again with the first one";
            case REFUSES ->
                ", and left session state that the others may need. Undo them, and set the property 'RestartChangeset' to the changeset's name";
        };
    }

    private static String stays(Fate.PartlyNotNoted partly) {
        return switch (partly.done()) {
            case 0 -> "none of its statements is done";
            case 1 -> "its first statement stays";
            default -> "its first %d statements stay".formatted(partly.done());
        };
    }

    private static String done(int statements) {
        return switch (statements) {
            case 0 -> "none of its statements is done";
            case 1 -> "1 of its statements is done";
            default -> statements + " of its statements are done";
        };
    }

    /** The reason if no new connection could be opened: it also says how far the run came before that. */
    MigrationException lostForGood(MigrationException refusal, Optional<Culprit> culprit) {
        if (!progress.hasBegun()) {
            return refusal;
        }
        return new MigrationException(
                "%s. The previous connection was lost%s: %s%s"
                        .formatted(
                                refusal.getMessage(),
                                culprit.map(each -> " in changeset '"
                                                + each.changeset().name() + "'")
                                        .orElse(""),
                                progress.counts(),
                                culprit.map(each -> "; " + describe(each.fate()))
                                        .orElse("")),
                refusal);
    }

    /** The reason if a changeset loses its connection repeatedly although the server can be reached. */
    MigrationException losesItsConnection(DatabaseMessage loss, int times, Culprit culprit, Throwable failure) {
        String place = culprit.statement()
                .map(each -> each.describe(0))
                .filter(each -> !each.isEmpty())
                .map(each -> " in " + each)
                .orElse("");
        return new MigrationException(
                "Changeset '%s' failed: its connection was lost %d times%s, and the server could be reached each time after that: %s. %s; %s. The statement ends its own session, or stops the server. Correct it and deploy again"
                        .formatted(
                                culprit.changeset().name(),
                                times,
                                place,
                                ofServer(loss, culprit.text()),
                                progress.counts(),
                                describe(culprit.fate())),
                failure);
    }

    MigrationException ofParsing(Throwable failure) {
        if (Causes.find(failure, OutOfMemoryError.class).isPresent()) {
            return new MigrationException(
                    "The function ran out of memory while it read the changelog %s. Nothing was run. Give the function more memory, or split the largest file, and deploy again"
                            .formatted(Text.quote(changelog.file())),
                    failure);
        }
        return new MigrationException(
                "Changelog %s could not be read, and nothing was run: %s"
                        .formatted(Text.quote(changelog.file()), foreign(failure)),
                failure);
    }

    static MigrationException ofPreparing(Exception failure) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(() -> new MigrationException("The run could not be prepared: " + briefly(failure), failure));
    }

    static MigrationException ofDrop(Exception failure) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(
                        () -> new MigrationException("The schema could not be dropped: " + briefly(failure), failure));
    }

    private static String briefly(Exception failure) {
        return DatabaseMessage.of(failure)
                .map(DatabaseMessage::withState)
                .orElse(failure.getClass().getSimpleName());
    }

    /**
     * The message of the database or of Liquibase about a failure, on one line.
     *
     * @param statement that failed
     */
    String cause(Throwable failure, ChangelogText statement) {
        Optional<StopChangeException> stop = Causes.find(failure, StopChangeException.class);
        if (stop.isPresent()) {
            return clean(Objects.toString(stop.get().getMessage(), "the change 'stop' has no message"));
        }
        Optional<DatabaseMessage> database = DatabaseMessage.of(failure);
        if (database.isPresent()) {
            return ofServer(database.get(), statement);
        }
        return precondition(failure).orElseGet(() -> foreign(failure));
    }

    private String ofServer(DatabaseMessage message, ChangelogText statement) {
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
        return DatabaseMessage.of(error.getCause())
                .map(message -> ofServer(message, ChangelogText.UNKNOWN))
                .orElseGet(() -> clean(Objects.toString(error.getCause().getMessage(), "it could not be checked")));
    }

    // The message of Liquibase's innermost exception, without SQL, parameters and class names. For an Error, or without
    // a message, the name of the class; the message of a linkage error names the missing class.
    private String foreign(Throwable failure) {
        Optional<OutsideFolderException> outside = Causes.find(failure, OutsideFolderException.class);
        if (outside.isPresent()) {
            return OutsideFolderException.describe(redaction.apply(outside.get().getInput()));
        }
        Optional<InvalidPathException> path = Causes.find(failure, InvalidPathException.class);
        if (path.filter(FailureReason::isBeyondTheLocale).isPresent()) {
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
        if (root instanceof LinkageError) {
            return clean(root.getClass().getSimpleName() + " " + root.getMessage());
        }
        if (root instanceof StackOverflowError) {
            return "it refers to itself in a circle, or is nested too deeply (StackOverflowError)";
        }
        if (root instanceof Error) {
            return root.getClass().getName();
        }
        Throwable told = Causes.chain(failure).stream()
                .filter(LiquibaseException.class::isInstance)
                .reduce(failure, (outer, inner) -> inner);
        String message = told.getMessage() == null ? root.getMessage() : told.getMessage();
        if (message == null) {
            return root.getClass().getSimpleName();
        }
        return told instanceof UnknownChangelogFormatException
                ? clean(message) + ": the name of a changelog must end in .sql, .xml, .yaml, .yml or .json"
                : clean(message);
    }

    private static boolean isBeyondTheLocale(InvalidPathException failure) {
        return failure.getReason().startsWith("Malformed input or input contains unmappable characters");
    }

    private String clean(String message) {
        return LiquibaseText.show(message, redaction, FOREIGN_BYTES);
    }
}
