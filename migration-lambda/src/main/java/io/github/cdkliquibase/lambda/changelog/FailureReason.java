package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.changelog.execution.TimeIsUpException;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import liquibase.exception.ValidationFailedException;

/** Turns the failure of a run into the reason that people read. */
final class FailureReason {

    private final Changelog changelog;
    private final RunProgress progress;
    private final Deadline deadline;
    private final BooleanSupplier wasCut;
    private final Failures failures;
    private final Advice advice;
    private final CauseText causes;

    /**
     * The reasons of one run.
     *
     * @param wasCut whether the run itself cut its connection, because its time was over
     */
    FailureReason(
            Changelog changelog, RunProgress progress, Failures failures, Deadline deadline, BooleanSupplier wasCut) {
        this.changelog = changelog;
        this.progress = progress;
        this.deadline = deadline;
        this.wasCut = wasCut;
        this.failures = failures;
        this.advice = new Advice(failures);
        this.causes = new CauseText(failures, new Redaction(changelog.parameters()));
    }

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
        if (timeIsUp.isPresent() && timeIsUp.get().statement().isEmpty()) {
            return new MigrationException(
                    "The function ran out of time before changeset '%s'. %s. %s"
                            .formatted(timeIsUp.get().changeset(), progress.counts(), moreTime(false)),
                    failure);
        }
        if (Causes.find(failure, OutOfMemoryError.class).isPresent()) {
            return outOfMemory(failure, culprit);
        }
        // At the deadline, a lock timeout is reported as a lock timeout, and everything else as running out of time.
        if (deadline.passed() && !failures.kind(failure).isConflict()) {
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
                                causes.of(failure, ChangelogText.NONE),
                                progress.counts(),
                                advice.onHistory(failure, history)),
                failure);
    }

    private MigrationException ofChangeset(Throwable failure, Culprit culprit, HistoryPlace history) {
        String place = culprit.statement()
                .map(each -> each.describe(
                        failures.of(failure).map(DatabaseMessage::position).orElse(0)))
                .filter(each -> !each.isEmpty())
                .map(each -> "It failed in " + each + ". ")
                .orElse("");
        return new MigrationException(
                "Changeset '%s' failed: %s. %s; %s. %s%s"
                        .formatted(
                                culprit.changeset().name(),
                                causes.of(failure, culprit.text()),
                                progress.counts(),
                                FateText.describe(culprit.fate()),
                                place,
                                culprit.madeItselfReadOnly()
                                        ? "The changeset made its transaction read-only. Correct it and deploy again"
                                        : advice.onChangeset(failure, culprit, history)),
                failure);
    }

    private MigrationException outOfMemory(Throwable failure, Optional<Culprit> culprit) {
        String what = culprit.map(each -> "Changeset '%s' failed: the function ran out of memory. %s; %s"
                        .formatted(each.changeset().name(), progress.counts(), FateText.describe(each.fate())))
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
                                whereTimeEnded(failure, culprit),
                                progress.counts(),
                                culprit.map(each -> "; " + FateText.describe(each.fate()))
                                        .orElse(""),
                                whenTimeEnded(failure, hasMoved)),
                failure);
    }

    // The driver's message about a connection that the run itself has cut would be misleading.
    private String whereTimeEnded(Throwable failure, Optional<Culprit> culprit) {
        OptionalInt statement = statementNotStarted(failure);
        if (statement.isPresent()) {
            return "statement %d was not started".formatted(statement.getAsInt());
        }
        if (stoppedOnlyWhenCut(failure)) {
            return "the work did not stop, so the function closed its connection to the database";
        }
        return causes.of(failure, culprit.map(Culprit::text).orElse(ChangelogText.NONE));
    }

    private String whenTimeEnded(Throwable failure, boolean hasMoved) {
        if (stoppedOnlyWhenCut(failure)) {
            return moreTime(hasMoved);
        }
        if (failures.kind(failure).passesOnANewConnection()) {
            return Advice.CONNECTION;
        }
        boolean wouldEndAsThisTime = statementNotStarted(failure).isPresent() && !hasMoved;
        return wouldEndAsThisTime && !deadline.isOfTheLongestFunction()
                ? "Give the function more time, or split the changeset"
                : moreTime(hasMoved);
    }

    // It did something else than wait for the server. A statement that waits ends when it is cancelled, unless the
    // server does not
    // answer any more.
    private boolean stoppedOnlyWhenCut(Throwable failure) {
        return wasCut.getAsBoolean() && failures.kind(failure) == FailureKind.CONNECTION_CLOSED;
    }

    private static OptionalInt statementNotStarted(Throwable failure) {
        return Causes.find(failure, TimeIsUpException.class)
                .map(TimeIsUpException::statement)
                .orElse(OptionalInt.empty());
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
                                causes.clean(Objects.toString(validation.getMessage(), "")),
                                validation.getInvalidMD5Sums().isEmpty()
                                        ? ""
                                        : ". Undo the edit of changesets that have run, and add new changesets. If the edit changes nothing in the database, add 'validCheckSum' to the changeset"),
                failure);
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
                                culprit.map(each -> "; " + FateText.describe(each.fate()))
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
                                causes.ofServer(loss, culprit.text()),
                                progress.counts(),
                                FateText.describe(culprit.fate())),
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
                        .formatted(Text.quote(changelog.file()), causes.foreign(failure)),
                failure);
    }

    static MigrationException ofPreparing(Exception failure, Failures failures) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(() -> new MigrationException(
                        "The run could not be prepared: " + briefly(failure, failures), failure));
    }

    static MigrationException ofDrop(Exception failure, Failures failures) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(() -> new MigrationException(
                        "The schema could not be dropped: " + briefly(failure, failures), failure));
    }

    private static String briefly(Exception failure, Failures failures) {
        return failures.of(failure)
                .map(DatabaseMessage::withState)
                .orElse(failure.getClass().getSimpleName());
    }

    /**
     * The message of the database or of Liquibase about a failure, on one line.
     *
     * @param statement that failed
     */
    String cause(Throwable failure, ChangelogText statement) {
        return causes.of(failure, statement);
    }
}
