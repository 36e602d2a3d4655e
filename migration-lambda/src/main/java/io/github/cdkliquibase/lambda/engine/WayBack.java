package io.github.cdkliquibase.lambda.engine;

import java.util.List;
import java.util.Optional;

/**
 * The way back from a changeset: the SQL that undoes it. It is written in the transaction of the changeset's row in the history.
 *
 * @param deployment Liquibase's id of the deploy that applies the changeset
 * @param place of the changeset among those that the deploy applies, from 1
 * @param statements in the order of their execution; empty if there is no way back
 * @param whyNone why there is no way back, as the end of a sentence; empty if there is one
 * @param isRepeated whether the history has a row of the changeset already, of an earlier deploy
 */
public record WayBack(
        String deployment,
        ChangesetKey changeset,
        int place,
        Optional<List<String>> statements,
        String whyNone,
        boolean isRepeated) {}
