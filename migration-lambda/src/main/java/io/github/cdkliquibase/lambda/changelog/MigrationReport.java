package io.github.cdkliquibase.lambda.changelog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run.
 *
 * @param appliedChangesets executed in this run; changesets that were only marked as run do not count
 * @param totalChangesets in the changelog, after contexts, labels and the kind of database
 * @param lastChangeset {@code file::id::author} of the last one that this run executed, or else the newest in the
 *     history; empty if there is neither
 * @param deploymentId the id in the history rows of this run; empty if nothing ran
 * @param restorePoint just before the first changeset of this run; null if nothing ran
 * @param isUnchanged whether Liquibase was not started, because nothing could be pending
 * @param warnings how many warnings were logged of things that plain Liquibase ignores in silence
 */
public record MigrationReport(
        int appliedChangesets,
        int totalChangesets,
        String lastChangeset,
        String deploymentId,
        @Nullable Instant restorePoint,
        boolean isUnchanged,
        int warnings) {

    /**
     * The result of a deploy for which nothing can be pending.
     *
     * @param total changesets of the changelog
     * @param newest changeset in the history
     */
    public static MigrationReport unchanged(int total, String newest) {
        return new MigrationReport(0, total, newest, "", null, true, 0);
    }
}
