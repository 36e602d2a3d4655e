package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.deadline.Deadline;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import java.util.Optional;

/** Remembers the last conflict with another session: where the time runs out on the way to another attempt, it is the reason. */
final class Conflicts {

    private final RunProgress progress;
    private final Deadline deadline;
    private Optional<Conflict> last = Optional.empty();

    /** A conflict that ended an attempt, and how far the run was then. */
    private record Conflict(MigrationException reason, int applied) {}

    Conflicts(RunProgress progress, Deadline deadline) {
        this.progress = progress;
        this.deadline = deadline;
    }

    /**
     * The reason to report for an attempt that failed.
     *
     * @param isConflict whether the attempt itself ended in a conflict
     */
    MigrationException reason(MigrationException reason, boolean isConflict) {
        if (isConflict) {
            last = Optional.of(new Conflict(reason, progress.applied()));
            return reason;
        }
        return last.filter(conflict -> deadline.passed() && progress.applied() == conflict.applied())
                .map(Conflict::reason)
                .orElse(reason);
    }
}
