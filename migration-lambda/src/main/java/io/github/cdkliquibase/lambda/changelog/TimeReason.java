package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.changelog.execution.TimeIsUpException;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.engine.Failures;
import io.github.cdkliquibase.lambda.failure.Causes;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/** Words the reason of a run that ran out of time. */
final class TimeReason {

    private final RunProgress progress;
    private final Failures failures;
    private final CauseText causes;
    private final Deadline deadline;
    private final BooleanSupplier wasCut;

    /**
     * The reasons of one run.
     *
     * @param wasCut whether the run itself cut its connection, because its time was over
     */
    TimeReason(RunProgress progress, Failures failures, CauseText causes, Deadline deadline, BooleanSupplier wasCut) {
        this.progress = progress;
        this.failures = failures;
        this.causes = causes;
        this.deadline = deadline;
        this.wasCut = wasCut;
    }

    /** The reason if the time ended between two changesets. */
    Optional<MigrationException> notStarted(Throwable failure) {
        return Causes.find(failure, TimeIsUpException.class)
                .filter(timeIsUp -> timeIsUp.statement().isEmpty())
                .map(timeIsUp -> new MigrationException(
                        "The function ran out of time before changeset '%s'. %s. %s"
                                .formatted(timeIsUp.changeset(), progress.counts(), moreTime(progress.applied() > 0)),
                        failure));
    }

    /** Whether a failure is about time: at the deadline everything is, except for a conflict with another session. */
    boolean isOver(Throwable failure) {
        return deadline.passed() && !failures.kind(failure).isConflict();
    }

    /** The reason if {@link #isOver}. */
    MigrationException over(Throwable failure, Optional<Culprit> culprit) {
        boolean hasMoved = progress.applied() > 0
                || culprit.map(Culprit::fate).filter(TimeReason::isPartlyDone).isPresent();
        return new MigrationException(
                "The function ran out of time%s: %s. %s%s. %s"
                        .formatted(
                                culprit.map(Culprit::place).orElse(""),
                                whatWasInterrupted(failure, culprit),
                                progress.counts(),
                                culprit.map(Culprit::outcome).orElse(""),
                                nextStep(failure, hasMoved)),
                failure);
    }

    // The run itself has cut the connection, so the driver's message about it would mislead the reader.
    private String whatWasInterrupted(Throwable failure, Optional<Culprit> culprit) {
        OptionalInt statement = statementNotStarted(failure);
        if (statement.isPresent()) {
            return "statement %d was not started".formatted(statement.getAsInt());
        }
        if (stoppedOnlyWhenCut(failure)) {
            return "the work did not stop, so the function closed its connection to the database";
        }
        return causes.of(failure, culprit.map(Culprit::text).orElse(ChangelogText.NONE));
    }

    private String nextStep(Throwable failure, boolean hasMoved) {
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

    // The work did not wait for the server: a waiting statement ends when it is cancelled, or fails with an I/O error.
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
        return hasMoved ? more + ", or deploy again to continue" : more;
    }
}
