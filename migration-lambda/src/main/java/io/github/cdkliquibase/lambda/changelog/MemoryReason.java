package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.RunProgress;
import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;
import java.util.Optional;

/** Words the reason of a run that ran out of memory. */
final class MemoryReason {

    private final Changelog changelog;
    private final RunProgress progress;

    MemoryReason(Changelog changelog, RunProgress progress) {
        this.changelog = changelog;
        this.progress = progress;
    }

    /**
     * The reason while changesets run.
     *
     * @param culprit empty if the attempt ended between changesets
     */
    MigrationException ofRun(Throwable failure, Optional<Culprit> culprit) {
        String what = culprit.map(each -> "Changeset '%s' failed: the function ran out of memory. %s; %s"
                        .formatted(each.changeset().name(), progress.counts(), FateText.describe(each.fate())))
                .orElseGet(() -> "The function ran out of memory. " + progress.counts());
        return new MigrationException(
                what + ". Give the function more memory, or split what the changeset does, and deploy again", failure);
    }

    /** The reason while the changelog is read. */
    MigrationException ofParsing(Throwable failure) {
        return new MigrationException(
                "The function ran out of memory while it read the changelog %s. Nothing was run. Give the function more memory, or split the largest file, and deploy again"
                        .formatted(Text.quote(changelog.file())),
                failure);
    }
}
