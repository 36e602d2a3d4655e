package io.github.cdkliquibase.lambda.changelog.execution;

import liquibase.change.Change;

/**
 * Hides the values of the deploy's parameters in the text of a statement, so that a statement is known again in a deploy with
 * other values.
 */
@FunctionalInterface
public interface ParameterMask {

    /**
     * The text with names in the place of values.
     *
     * @param change that the statement belongs to
     * @param sql with the values filled in
     */
    String apply(Change change, String sql);
}
