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
    private final MemoryReason memory;

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
        this.memory = new MemoryReason(changelog, progress);
        this.time = new TimeReason(progress, failures, causes, deadline, wasCut);
    }

    /**
     * The reason.
     *
     * @param culprit empty if the attempt ended between changesets
     */
    MigrationException of(Throwable failure, Optional<Culprit> culprit, HistoryPlace history) {
        Optional<MigrationException> worded =
                Causes.find(failure, MigrationException.class).or(() -> time.notStarted(failure));
        if (worded.isPresent()) {
            return worded.get();
        }
        if (Causes.find(failure, OutOfMemoryError.class).isPresent()) {
            return memory.ofRun(failure, culprit);
        }
        if (time.isOver(failure)) {
            return time.over(failure, culprit);
        }
        if (culprit.isPresent()) {
            return ofChangeset(failure, culprit.get(), history);
        }
        return Causes.find(failure, ValidationFailedException.class)
                .map(validation -> notValid(validation, failure))
                .orElseGet(() -> betweenChangesets(failure, history));
    }

    private MigrationException betweenChangesets(Throwable failure, HistoryPlace history) {
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
            return memory.ofParsing(failure);
        }
        return new MigrationException(
                "Changelog %s could not be read, and nothing was run: %s"
                        .formatted(Text.quote(changelog.file()), causes.foreign(failure)),
                failure);
    }

    static MigrationException ofPreparing(Exception failure, Failures failures) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(() -> new MigrationException(
                        "The run could not be prepared: " + messageOrClass(failure, failures), failure));
    }

    static MigrationException ofDrop(Exception failure, Failures failures) {
        return Causes.find(failure, MigrationException.class)
                .orElseGet(() -> new MigrationException(
                        "The schema could not be dropped: " + messageOrClass(failure, failures), failure));
    }

    private static String messageOrClass(Exception failure, Failures failures) {
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
