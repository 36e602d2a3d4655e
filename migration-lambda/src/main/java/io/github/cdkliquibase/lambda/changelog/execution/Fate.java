package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.IndexBuild;
import java.util.Optional;

/** What is in the database of a changeset that was not ended. */
public sealed interface Fate {

    /**
     * Whether the run may execute the changeset on another connection without doing twice what it did on the lost one.
     */
    boolean canGoOn();

    /** Nothing is. */
    record RolledBack() implements Fate {

        @Override
        public boolean canGoOn() {
            return true;
        }
    }

    /** Its commit was sent, and the answer was lost. The history says at the next deploy whether it took place. */
    record CommitUnknown() implements Fate {

        @Override
        public boolean canGoOn() {
            return true;
        }
    }

    /**
     * The changeset committed a part of itself, by a {@code COMMIT} of its own.
     *
     * @param isKnown false if the answer to the {@code COMMIT} was lost
     */
    record CommittedItself(boolean isKnown) implements Fate {

        @Override
        public boolean canGoOn() {
            return false;
        }
    }

    /**
     * The changeset made its transaction read-only and was committed, and its row in the history failed.
     *
     * @param noted whether the next deploy knows, and writes the row
     */
    record CommittedWithoutRow(boolean noted) implements Fate {

        @Override
        public boolean canGoOn() {
            return noted;
        }
    }

    /**
     * The changeset runs outside a transaction, and the statements that are done are noted.
     *
     * @param done how many
     * @param nextUnknown whether the next one may be done too
     * @param invalidIndex the index that the next one left invalid
     * @param next what the next deploy does with the changeset
     */
    record Partly(int done, boolean nextUnknown, Optional<IndexBuild> invalidIndex, Next next) implements Fate {

        @Override
        public boolean canGoOn() {
            return true;
        }
    }

    /** What the next deploy does with a changeset that is partly done. */
    enum Next {
        /** It repeats none of the statements that are done. */
        GOES_ON,
        /** It begins with the first statement. */
        BEGINS_ANEW,
        /** It refuses the changeset, which left something in its session, until it is told to begin anew. */
        REFUSES
    }

    /**
     * The changeset runs outside a transaction, and nothing could be noted: the next deploy begins it anew.
     *
     * @param done how many of its statements are done
     * @param nextUnknown whether the next one may be done too, if its connection was lost
     * @param invalidIndex the index that the next one left invalid
     */
    record PartlyNotNoted(int done, boolean nextUnknown, Optional<IndexBuild> invalidIndex) implements Fate {

        @Override
        public boolean canGoOn() {
            return done == 0 && !nextUnknown;
        }
    }
}
