package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import io.github.cdkliquibase.lambda.failure.DatabaseMessage;
import io.github.cdkliquibase.lambda.failure.FailureKind;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.Optional;

/** Words the reason of a run that lost its connection. */
final class LossReason {

    private final RunProgress progress;
    private final CauseText causes;

    LossReason(RunProgress progress, CauseText causes) {
        this.progress = progress;
        this.causes = causes;
    }

    /**
     * The reason if no new connection could be opened: it also says how far the run came before that, and that the server was
     * read-only if it was.
     *
     * @param lost the attempt whose connection was lost
     */
    MigrationException forGood(MigrationException refusal, Optional<AttemptFailedException> lost) {
        Optional<Culprit> culprit = lost.flatMap(AttemptFailedException::culprit);
        if (!progress.hasBegun()) {
            return refusal;
        }
        return new MigrationException(
                "%s. The previous connection was lost%s%s: %s%s"
                        .formatted(
                                refusal.getMessage(),
                                culprit.map(Culprit::place).orElse(""),
                                lost.flatMap(AttemptFailedException::loss)
                                        .filter(loss -> loss.kind() == FailureKind.READ_ONLY)
                                        .map(loss -> " (%s)".formatted(causes.ofServer(loss, ChangelogText.UNKNOWN)))
                                        .orElse(""),
                                progress.counts(),
                                culprit.map(Culprit::outcome).orElse("")),
                refusal);
    }

    /** The reason if a changeset loses its connection repeatedly although the server can be reached. */
    MigrationException repeatedly(DatabaseMessage loss, int times, Culprit culprit, Throwable failure) {
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
}
