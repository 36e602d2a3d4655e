package io.github.cdkliquibase.lambda.changelog;

import java.util.Optional;

/** The unfinished changeset that is to begin anew, as the property 'RestartChangeset' asks. It does so once in a run. */
final class Restart {

    private Optional<String> changeset;

    Restart(Optional<String> changeset) {
        this.changeset = changeset;
    }

    /** The name of the changeset; empty if there is none, or if an attempt has seen to it. */
    Optional<String> changeset() {
        return changeset;
    }

    /** An attempt has seen to it. */
    void done() {
        changeset = Optional.empty();
    }
}
