package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.postgresql.IndexBuild;
import java.util.Optional;

/** What is in the database of a changeset that was not ended. */
public sealed interface Fate {

    /** Nothing is. */
    record RolledBack() implements Fate {}

    /** Its commit was sent, and the answer was lost. The history says at the next deploy whether it took place. */
    record CommitUnknown() implements Fate {}

    /** The changeset committed a part of itself, by a {@code COMMIT} of its own. */
    record CommittedItself() implements Fate {}

    /**
     * The changeset made its transaction read-only and was committed, and its row in the history failed.
     *
     * @param noted whether the next deploy knows, and writes the row
     */
    record CommittedWithoutRow(boolean noted) implements Fate {}

    /**
     * The changeset runs outside a transaction, and the statements that are done are noted.
     *
     * @param done how many
     * @param nextUnknown whether the next one may be done too
     * @param invalidIndex the index that the next one left invalid
     */
    record Partly(int done, boolean nextUnknown, Optional<IndexBuild> invalidIndex) implements Fate {}

    /**
     * The changeset runs outside a transaction, and nothing could be noted: the next deploy begins it anew.
     *
     * @param done how many of its statements are done
     */
    record PartlyNotNoted(int done) implements Fate {}
}
