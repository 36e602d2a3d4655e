package io.github.cdkliquibase.lambda.changelog;

import io.github.cdkliquibase.lambda.changelog.execution.Fate;
import io.github.cdkliquibase.lambda.changelog.execution.RunningChangeset;
import io.github.cdkliquibase.lambda.changelog.execution.StatementPlace;
import io.github.cdkliquibase.lambda.engine.Blocker;
import io.github.cdkliquibase.lambda.failure.ChangelogText;
import java.util.Optional;

/**
 * The changeset that ended an attempt, and its outcome.
 *
 * @param statement the statement that failed
 * @param text of that statement, as the changelog has it
 * @param blocker the session that held the lock that the statement waited for
 * @param madeItselfReadOnly whether the changeset, and not the server, refuses writes
 */
record Culprit(
        RunningChangeset changeset,
        Fate fate,
        Optional<StatementPlace> statement,
        ChangelogText text,
        Optional<Blocker> blocker,
        boolean madeItselfReadOnly) {

    /** The changeset, as the end of a clause. */
    String place() {
        return " in changeset '" + changeset.name() + "'";
    }

    /** Its outcome, as the end of a sentence. */
    String outcome() {
        return "; " + FateText.describe(fate);
    }
}
