package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Redaction;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import liquibase.exception.ValidationFailedException;

/** Turns the failure of a run into the reason that people read. */
final class FailureReason {

    private final Changelog changelog;
    private final RunProgress progress;
    private final Failures failures;
    private final Advice advice;
    private final CauseText causes;
    private final TimeReason time;

    /**
     * The reasons of one run.
     *
     * @param wasCut whether the run itself cut its connection, because its time was over
     */
    FailureReason(
            Changelog changelog, RunProgress progress, Failures failures, Deadline deadline, BooleanSupplier wasCut) {
        this.changelog = changelog;
        this.progress = progress;
        this.failures = failures;
        this.advice = new Advice(failures);
        this.causes = new CauseText(failures, new Redaction(changelog.parameters()));
        this.time = new TimeReason(progress, failures, causes, deadline, wasCut);
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
        Optional<MigrationException> notStarted = time.notStarted(failure);
        if (notStarted.isPresent()) {
            return notStarted.get();
        }
        if (Causes.find(failure, OutOfMemoryError.class).isPresent()) {
            return outOfMemory(failure, culprit);
        }
        if (time.isOver(failure)) {
            return time.over(failure, culprit);
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

    /** Words the reasons of a run that lost its connection and did not get another one, or loses it repeatedly. */
    LossReason losses() {
        return new LossReason(progress, causes);
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
