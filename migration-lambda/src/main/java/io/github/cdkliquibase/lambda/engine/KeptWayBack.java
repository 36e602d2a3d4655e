package io.github.cdkliquibase.lambda.engine;

import java.util.List;
import java.util.Optional;

/**
 * A way back, as the database keeps it.
 *
 * @param deployment that applied the changeset
 * @param place of the changeset among those that the deploy applied
 * @param statements that undo it; empty if there is no way back
 * @param whyNone why there is none
 * @param rowBefore the changeset's row in the history before the deploy, in a form that only the table reads; empty if it had none
 * @param deploymentBefore the deploy of that row; empty if there was none
 */
public record KeptWayBack(
        String deployment,
        ChangesetKey changeset,
        int place,
        Optional<List<String>> statements,
        String whyNone,
        Optional<String> rowBefore,
        String deploymentBefore) {}
