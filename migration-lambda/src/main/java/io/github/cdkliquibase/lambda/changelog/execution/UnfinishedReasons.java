package io.github.cdkliquibase.lambda.changelog.execution;

import io.github.cdkliquibase.lambda.failure.MigrationException;
import io.github.cdkliquibase.lambda.failure.Text;

/** The reasons why an unfinished changeset cannot be resumed, with the next step. */
final class UnfinishedReasons {

    private static final String RESTART =
            "Or undo the effects of these statements, set the property 'RestartChangeset' to the changeset's name, and deploy again: the changeset then starts with its first statement";

    private UnfinishedReasons() {}

    /** The finished statements have changed since. */
    static MigrationException others(ChangesetName name, int done) {
        return new MigrationException(
                "Changeset '%s' runs outside a transaction and was left unfinished after %d of its statements. These statements have changed since. Undo the edit and deploy again. %s"
                        .formatted(name, done, RESTART));
    }

    /**
     * The finished statements left state in their session, which has ended.
     *
     * @param left the state, in words
     */
    static MigrationException needsItsSession(ChangesetName name, int done, String left) {
        return new MigrationException(
                "Changeset '%s' runs outside a transaction and was left unfinished after %d of its statements. They left %s in their session, which has ended, so the remaining statements could give wrong results. Undo the effects of these statements, set the property 'RestartChangeset' to the changeset's name, and deploy again: the changeset then starts with its first statement"
                        .formatted(name, done, Text.oneLine(left)));
    }

    /** The changeset has a transaction now. */
    static MigrationException hasATransactionNow(ChangesetName name, int done) {
        return new MigrationException(
                "Changeset '%s' was left unfinished outside a transaction after %d of its statements, and has a transaction now. Set 'runInTransaction' to 'false' again and deploy again. %s"
                        .formatted(name, done, RESTART));
    }
}
