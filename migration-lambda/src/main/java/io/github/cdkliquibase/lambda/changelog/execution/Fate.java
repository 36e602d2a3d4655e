package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.engine.IndexBuild;
import java.util.Optional;

/** The state that an unfinished changeset has left in the database. */
public sealed interface Fate {

    /**
     * Whether the run may execute the changeset on another connection without doing twice what it did on the lost one.
     */
    boolean canGoOn();

    /** The changeset left nothing. */
    record RolledBack() implements Fate {

        @Override
        public boolean canGoOn() {
            return true;
        }
    }

    /**
     * The commit was sent, and the answer was lost. At the next deploy the history shows whether the commit succeeded.
     */
    record CommitUnknown() implements Fate {

        @Override
        public boolean canGoOn() {
            return true;
        }
    }

    /**
     * The changeset committed a part of itself with its own {@code COMMIT}.
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
     * @param noted whether this was recorded, so that the next deploy writes the row
     */
    record CommittedWithoutRow(boolean noted) implements Fate {

        @Override
        public boolean canGoOn() {
            return noted;
        }
    }

    /**
     * The changeset runs outside a transaction, and its finished statements are recorded.
     *
     * @param done number of finished statements
     * @param nextUnknown whether the next statement may be done too
     * @param invalidIndex the index that the next statement left invalid
     * @param next what the next deploy does with the changeset
     */
    record Partly(int done, boolean nextUnknown, Optional<IndexBuild> invalidIndex, Next next) implements Fate {

        @Override
        public boolean canGoOn() {
            return true;
        }
    }

    /** The treatment of a partly done changeset by the next deploy. */
    enum Next {
        /** It repeats none of the statements that are done. */
        GOES_ON,
        /** It begins with the first statement. */
        BEGINS_ANEW,
        /**
         * It refuses the changeset, because the changeset left session state. The property {@code RestartChangeset}
         * starts it again.
         */
        REFUSES
    }

    /**
     * The changeset runs outside a transaction, and its progress could not be recorded: the next deploy starts it
     * again.
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
